// Which of the languages that we have is the best for whoever reads, and where its lines begin.

// Norwegian has two ways of writing, of which we have the one that most people use.
const NEAR: Readonly<Record<string, string>> = { no: 'nb', nn: 'nb' };

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'fa', 'he', 'ur']);

/** What a code means, with old codes replaced (`iw`) and the script that goes without saying. */
function meant(code: string) {
  try {
    const locale = new Intl.Locale(code.replaceAll('_', '-'));
    const { language, script } = locale.maximize();
    return { code: locale.baseName, language: NEAR[language] ?? language, script };
  } catch {
    // Sites, operators and browsers wish for what they like: this is not a language.
    return undefined;
  }
}

/** A language, and perhaps where it is spoken. */
const PLAIN = /^([a-z]{2})(?:[-_][A-Z]{2})?$/;

function bestFor(wished: string, spoken: readonly string[]): string | undefined {
  if (wished === '') {
    return undefined;
  }
  // The first question to the browser's tables takes it longer than all else that draws the button: most do
  // without, who wish for a language that is written in one way.
  const [, plain = ''] = PLAIN.exec(wished) ?? [];
  const [only, ...others] = spoken.filter((code) => code.split('-')[0] === plain);
  if (only === plain && others.length === 0) {
    return plain;
  }
  const wish = meant(wished);
  if (wish === undefined) {
    return undefined;
  }
  // Only of these is asked what else they mean, because that takes a browser its time.
  const near = spoken
    .filter((code) => code.split('-')[0] === wish.language)
    .filter((code) => meant(code)?.script === wish.script);
  return (
    near.find((code) => code === wish.code) ??
    near.find((code) => code === wish.language) ??
    near[0]
  );
}

/**
 * The first wish that can be met, and how: `pt-BR` as such, another `pt` with the plain one, and
 * `zh-HK` with the Chinese that is written in the same script.
 */
export function best(wishes: readonly string[], spoken: readonly string[]): string | undefined {
  return wishes.map((wish) => bestFor(wish, spoken)).find((code) => code !== undefined);
}

export function direction(code: string): 'ltr' | 'rtl' {
  const [language = ''] = code.split('-');
  return RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
}
