// What is drawn in the site's page before anybody clicks: a round button.
import { inkOn } from './colour.ts';
import css from './launcher.css?inline';

const SVG = 'http://www.w3.org/2000/svg';
/** A bubble, and in it the wave of the logo. */
const CHAT = [
  'M12 2.8C6.3 2.8 1.8 6.5 1.8 11.2c0 2.6 1.4 4.9 3.6 6.4L4.7 21.6l4.7-2.3c.9.2 1.7.3 2.6.3 5.7 0 10.2-3.7 10.2-8.4S17.7 2.8 12 2.8Z',
  'M7.2 11.3c1.6-3.2 3.2-3.2 4.8 0s3.2 3.2 4.8 0',
];
function icon(...paths: readonly string[]): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const path of paths) {
    const drawn = document.createElementNS(SVG, 'path');
    drawn.setAttribute('d', path);
    svg.append(drawn);
  }
  return svg;
}

export type Launcher = ReturnType<typeof draw>;

export function draw() {
  const host = document.createElement('div');
  host.className = 'rocketchat-widget';
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  // What changes is in a rule of its own, since a style attribute is the page's.
  const { style } = sheet.cssRules[sheet.insertRule(':host{}', 1)] as CSSStyleRule;

  const button = document.createElement('button');
  button.className = 'launcher';
  button.append(icon(...CHAT));
  button.ariaExpanded = 'false';
  const panel = document.createElement('div');
  panel.id = 'panel';
  button.setAttribute('aria-controls', panel.id);

  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  root.append(button, panel);
  return {
    host,
    root,
    button,
    panel,
    style,
    icon,
    paint(ground: string) {
      style.setProperty('--ground', ground);
      style.setProperty('--ink', inkOn(ground, () => getComputedStyle(button).backgroundColor));
    },
  };
}
