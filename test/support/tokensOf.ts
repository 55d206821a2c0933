import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

/** How much of what an agent can keep in mind a text takes. */
export function tokensOf(text: string): number {
  return countTokens(text);
}
