// Builds the console: one page, its script and style, and pieces that are loaded when they are wanted.
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vite';

import { budget } from '../shared/budget.ts';
import { BUILD, JSX } from '../shared/build.ts';
import { compressed } from '../shared/compressed.ts';
import { icons } from './icons.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The folders of pages that are not of the inbox. */
const AREAS = /\/web\/console\/pages\/(?!inbox|log-in)[a-z]+\//;

/** What only the pages of one area do with the server. */
const LIVE_OF: Readonly<Record<string, RegExp>> = {
  webhooks: /\/web\/console\/(live\/(replays|sent|sent-log)|parts\/window)\.ts$/,
  data: /\/web\/console\/live\/(contacts|conversations|fields|visitors)\.ts$/,
  replies: /\/web\/console\/live\/replies\.ts$/,
  me: /\/web\/console\/live\/profile\.ts$/,
};

/** The area of which several pages need this, and no other. */
function sharedIn(module: string): string | undefined {
  const ofPages = AREAS.test(module) ? /\/pages\/([a-z]+)\//.exec(module)?.[1] : undefined;
  return ofPages ?? Object.keys(LIVE_OF).find((area) => LIVE_OF[area]?.test(module) === true);
}

function areaOf(module: string): string {
  const texts = /\/web\/console\/texts\/([a-z]{2}(?:-[A-Z]{2})?)\//.exec(module);
  return texts === null ? (AREAS.test(module) ? `${/\/pages\/([a-z]+)\//.exec(module)?.[1] ?? ''}.` : '') : `texts.${texts[1] ?? ''}.`;
}

/** What each area of pages may load more than the inbox does, in bytes. */
const BUDGETS: Readonly<Record<string, number>> = {
  chats: 14 * 1024,
  data: 20 * 1024,
  me: 14.5 * 1024,
  monitor: 24 * 1024,
  people: 28 * 1024,
  replies: 15 * 1024,
  reports: 24 * 1024,
  routing: 30 * 1024,
  setup: 12 * 1024,
  system: 22 * 1024,
  webhooks: 55 * 1024,
  widget: 20 * 1024,
};

export default defineConfig({
  root: here('.'),
  base: './',
  oxc: { jsx: JSX },
  experimental: {
    // The server writes the way to its root into the page, which has many addresses.
    renderBuiltUrl: (file, { hostType }) =>
      hostType === 'html' ? `{{root}}console/${file}` : { relative: true },
  },
  build: {
    ...BUILD,
    outDir: here('../dist/console'),
    rolldownOptions: {
      input: [here('./index.html'), here('./try.html'), here('./worker/service-worker.ts')],
      output: {
        // The worker has one address for ever.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        // What belongs to an area of pages says so in its name, by which the budgets below count.
        chunkFileNames: ({ name, facadeModuleId }) => `assets/${areaOf(facadeModuleId ?? name)}${name}-[hash].js`,
        assetFileNames: 'assets/[name]-[hash][extname]',
        // What several files need is few files, of which the trial page loads the first: small ones are compressed badly.
        codeSplitting: {
          // What a shared file of an area needs is not of that area.
          includeDependenciesRecursively: false,
          groups: [
            { name: 'base', test: /\/node_modules\/|\/web\/shared\/|\/web\/console\/(api\/|texts\.ts|texts\/en\/base)/, minShareCount: 2, priority: 2 },
            // What only areas of pages share is loaded with the first of them.
            { name: 'forms', test: /\/web\/console\/(parts\/(asking|drawer|list-page|csv|reading|Checks|ChipsField|Drawer|ExportButton|Field|Json|ListPage|LiveDot|live-dot|Locked|locked|MoreMenu|named|Removal|Segments|Sure|Tabs|UnreadPage|found|rows|unsaved))/, minShareCount: 2, priority: 2 },
            // What is saved as a whole, and told from what others have saved.
            { name: 'saving', test: /\/web\/console\/parts\/(form|SaveBar)\./, minShareCount: 2, priority: 2 },
            { name: 'charts', test: /\/web\/console\/(parts\/(charts\/|figures)|live\/figures|days\.)/, minShareCount: 2, priority: 2 },
            // How it stands with endpoints, which reports do not say.
            { name: 'health', test: /\/web\/console\/parts\/(endpoint-health|statuses|Need(Banner|Reason))/, minShareCount: 2, priority: 2 },
            { name: (id) => `${sharedIn(id) ?? ''}.shared`, test: (id) => sharedIn(id) !== undefined, minShareCount: 2, priority: 2 },
            // Who works here and when, which only pages of the administration need.
            { name: 'staff', test: /\/web\/console\/live\/(departments|hours|promises|routing|some-settings|staff|units)\./, minShareCount: 2, priority: 2 },
            // What finds chats, for their page and the palette.
            { name: 'search', test: /\/web\/console\/live\/search\./, minShareCount: 2, priority: 2 },
            { name: 'common', test: /\/web\/console\/(?!texts\/|script-url|frame\/(finding|found-chats)\.|parts\/(steps|SaveAs|save-as|first-requests)\.|live\/(search|endpoints|signature|crm|departments|hours|promises|routing|some-settings|staff|units|settings|appearance|notifications)\.)/, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  plugins: [
    icons(here('./look/icons.svg')),
    compressed(),
    budget([
      { what: 'inbox, first load', entry: 'index', most: 86.5 * 1024 },
      ...Object.entries(BUDGETS).map(([area, most]) => ({
        what: `the pages about ${area}`,
        files: new RegExp(`^assets/${area}\\.`),
        beyond: 'index',
        most,
      })),
      { what: 'the filter of the inbox', files: /^assets\/Filtering-/, beyond: 'index', most: 2.5 * 1024 },
      { what: 'dialogs and lists that open later', files: /^assets\/(CloseDialog|Forgotten|Forward|KeySheet|Mentions|NewPassword|Offers|Palette)-/, beyond: 'index', most: 14.75 * 1024 },
      { what: 'a table of texts', files: /^assets\/texts\./, most: 12 * 1024, each: true },
    ]),
  ],
});
