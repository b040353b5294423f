// One thing has the focus, and one is pointed at. For others to look as if they were, a class stands for it.

const STANDING: readonly (readonly [pseudo: string, shown: string])[] = [
  [':focus-visible', '.shows-focus'],
  [':hover', '.shows-hover'],
];

function copy(rules: CSSGroupingRule | CSSStyleSheet): void {
  for (let at = rules.cssRules.length - 1; at >= 0; at -= 1) {
    const rule = rules.cssRules[at];
    if (rule instanceof CSSGroupingRule) {
      copy(rule);
    } else if (rule instanceof CSSStyleRule) {
      const shown = STANDING.reduce((text, [pseudo, name]) => text.replaceAll(pseudo, name), rule.selectorText);
      if (shown !== rule.selectorText) {
        rules.insertRule(rule.cssText.replace(rule.selectorText, shown), at + 1);
      }
    }
  }
}

export function standIn(): void {
  for (const sheet of document.styleSheets) {
    copy(sheet);
  }
}
