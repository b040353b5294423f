// The browser's own formats, each made once: making one takes as long as hundreds of uses, and a page writes the time of each of
// its lines again and again.

function kept<Format, Options>(make: (language: string, options: Options) => Format): (language: string, options?: Options) => Format {
  const made = new Map<string, Format>();
  return (language, options = {} as Options) => {
    const key = language + JSON.stringify(options);
    const format = made.get(key) ?? make(language, options);
    made.set(key, format);
    return format;
  };
}

export const numbers = kept((language, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options));
export const plurals = kept((language) => new Intl.PluralRules(language));
export const dates = kept((language, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options));
