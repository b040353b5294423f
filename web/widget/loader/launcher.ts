// What is drawn in the site's page before anybody clicks: a round button.
import { inkOn } from './colour.ts';
import css from './launcher.css?inline';

const SVG = 'http://www.w3.org/2000/svg';
const CHAT =
  'M12 3C6.5 3 2 6.6 2 11.1c0 2.5 1.4 4.7 3.6 6.2L5 21.5l4.6-2.5c.8.1 1.6.2 2.4.2 5.5 0 10-3.6 10-8.1S17.5 3 12 3z';

export function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const drawn = document.createElementNS(SVG, 'path');
  drawn.setAttribute('d', path);
  svg.append(drawn);
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
  button.append(icon(CHAT));
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
    paint(ground: string) {
      style.setProperty('--ground', ground);
      style.setProperty('--ink', inkOn(getComputedStyle(button).backgroundColor));
    },
  };
}
