/** What was chosen, as it is called there. */
export const named =
  (choices: readonly (readonly [value: string, name: string])[]) =>
  (chosen: string | readonly string[]): string =>
    [chosen].flat().map((one) => choices.find(([value]) => value === one)?.[1] ?? one).join(', ');
