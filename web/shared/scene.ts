// What a console shows of the panel before anybody saves how it looks: one moment of it, with the words and colours
// that are only in a form yet.

export const SCENES = ['home', 'form', 'queue', 'chat', 'away', 'ended'] as const;

export type SceneName = (typeof SCENES)[number];

export interface Scene {
  readonly name: SceneName;
  readonly mode: 'light' | 'dark';
  /** Empty is the language of the settings, or of the browser. */
  readonly language: string;
  /** What is other than the server says, under the names of its configuration. */
  readonly settings: Readonly<Record<string, boolean>>;
  readonly theme: Readonly<Record<string, string>>;
  readonly messages: Readonly<Record<string, string>>;
  readonly welcome: { readonly greeting?: string; readonly starts?: readonly string[]; readonly privacyLink?: string; readonly hasFaces?: boolean };
  readonly visitor: string;
  readonly agent: string;
  /** What they say in turn, the visitor first. */
  readonly talk: readonly string[];
}

/** At the end of the address of a panel that shows scenes and does nothing else. */
export const SCENE_MARK = '#scene';

export interface Shows {
  readonly shows: Scene;
}
