/** Every page as a file, rendered on the server while it is built. */
export default { output: 'export' };
