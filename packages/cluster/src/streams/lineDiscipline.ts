import { StringDecoder } from 'node:string_decoder';

export interface DisciplinedProgram {
  /** Lines that are complete, with '\n' at their ends. */
  write(text: string): void;
  /** Its input is over. */
  end(): void;
  signal(name: 'SIGINT' | 'SIGQUIT'): void;
  /** What the person sees of what they type. */
  echo(text: string): void;
}

const BACKSPACE = '\b \b';

/**
 * What a terminal of the system does between a keyboard and a program (termios in canonical mode, with echo), for programs
 * that have only pipes: echo, corrections within a line, Ctrl-C, Ctrl-D. There is no size and no full screen.
 */
export class LineDiscipline {
  private readonly decoder = new StringDecoder('utf8');
  private line: string[] = [];

  constructor(private readonly program: DisciplinedProgram) {}

  type(data: Buffer): void {
    for (const character of this.decoder.write(data)) this.typeOne(character);
  }

  private typeOne(character: string): void {
    switch (character) {
      case '\r':
      case '\n':
        this.program.echo('\r\n');
        this.send('\n');
        return;
      case '\u007f':
      case '\b':
        if (this.line.pop() !== undefined) this.program.echo(BACKSPACE);
        return;
      // Ctrl-U
      case '\u0015':
        this.program.echo(BACKSPACE.repeat(this.line.length));
        this.line = [];
        return;
      // Ctrl-C and Ctrl-\
      case '\u0003':
      case '\u001c':
        this.program.echo(`${shown(character)}\r\n`);
        this.line = [];
        this.program.signal(character === '\u0003' ? 'SIGINT' : 'SIGQUIT');
        return;
      // Ctrl-D
      case '\u0004':
        if (this.line.length === 0) this.program.end();
        else this.send('');
        return;
      default:
        this.line.push(character);
        this.program.echo(shown(character));
    }
  }

  private send(end: string): void {
    this.program.write(this.line.join('') + end);
    this.line = [];
  }
}

/** A program's output as a terminal gets it: each line begins at the left. */
export function forTerminal(data: Buffer): Buffer {
  return data.includes(10) ? Buffer.from(data.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1') : data;
}

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 32 && character !== '\t' ? `^${String.fromCharCode(code + 64)}` : character;
}
