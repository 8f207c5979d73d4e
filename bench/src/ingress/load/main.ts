import { generateLoad, type LoadOptions } from '../generate-load.ts';

// Only the stack starts this process, with options it has just written.
const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions;
console.log(JSON.stringify(await generateLoad(options)));
