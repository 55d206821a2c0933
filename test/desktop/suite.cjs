// What @vscode/test-electron runs inside a desktop VS Code.
const { runChecks } = require('../integration/inside/checks.cjs');

exports.run = async () => {
  const results = await runChecks(require('vscode'));
  for (const [name, problem] of Object.entries(results))
    console.log(`${problem === '' ? 'passed' : 'FAILED'}  ${name} ${problem}`);
  const failed = Object.values(results).filter((problem) => problem !== '').length;
  console.log(`${Object.keys(results).length - failed} passed, ${failed} failed`);
  if (failed > 0) throw new Error(`${failed} checks failed`);
};
