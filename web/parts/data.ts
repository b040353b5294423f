// What is made up: of the shop that `hark demo` is about.

export const LONG = 'One of the two bowls arrived with a crack along its side, and the box in which it came was open when I found it in front of the door';
export const LONG_WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
export const LONG_ADDRESS = 'https://crm.kiln-and-clay.example/hooks/livechat/a/path/that/is/longer/than/a/narrow/column?of=customers';
export const NAMES: readonly string[] = ['Noor Jansen', 'ليلى منصور', 'Callum Reid', 'Tomás Field', 'Priya Raman', 'Mara Lindqvist', 'Jonas Keller', '山田 花子'];

/** What does not matter to how something looks. */
export const nothing = (): void => undefined;
/** It goes on for ever. */
export const never = async (): Promise<never> => await new Promise(nothing);
