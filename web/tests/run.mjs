// Runs the tests, and each file of which one has failed once more from its beginning: a machine under load may keep a
// browser waiting for longer than a test does. The log has both runs; what fails twice is broken. Arguments choose files.

import { startVitest } from 'vitest/node';

/** Runs these files, or all; answers those of which something has failed. */
async function failing(files) {
  const vitest = await startVitest('test', files, { watch: false });
  const failed = vitest.state.getFiles().filter((file) => file.result?.state === 'fail');
  const errors = vitest.state.getUnhandledErrors();
  await vitest.close();
  if (failed.length === 0 && errors.length > 0) process.exit(1);
  return failed.map((file) => file.filepath);
}

const failed = await failing(process.argv.slice(2));
if (failed.length > 0) {
  process.stdout.write(`\nOnce more, from the beginning: ${failed.length} of the files\n`);
  process.exitCode = (await failing(failed)).length > 0 ? 1 : 0;
}
