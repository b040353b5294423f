// How everything is built that is not loaded into the page of a site.

export const JSX = { runtime: 'automatic', importSource: 'preact' } as const;

export const BUILD = {
  emptyOutDir: true,
  target: 'es2022',
  // The first that know `light-dark()`, with which every colour is made: what stands in its place elsewhere asks for a colour scheme
  // that is said in the same file, and in the panel the page's script says it.
  cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  modulePreload: { polyfill: false },
  assetsInlineLimit: 0,
  reportCompressedSize: false,
};
