/** As the server takes one. */
export const isEmail = (text: string): boolean => /^[^\s@<>,]+@[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*$/u.test(text);
