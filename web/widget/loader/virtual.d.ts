/** The launcher's name in each language; made by launcher-names.ts when it is built. */
declare module 'virtual:launcher-names' {
  const names: Readonly<Record<string, string>>;
  export default names;
}

/** What the script in frame/ is called, which vite.config.ts builds before. */
declare module 'virtual:frame-file' {
  const file: string;
  export default file;
}

/** Which script this is, for the server. */
declare const VERSION: string;
