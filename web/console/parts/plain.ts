/** As words are compared where somebody looks for them: "etienne" finds Étienne. */
export const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
