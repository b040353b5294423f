// Settings as the palette names them, each with what it is now.
import { type Command, leadTo } from '../commands.ts';
import { inWords, readAllSettings, type Setting } from '../live/settings.ts';
import { t } from '../texts.ts';

/** What is longer is not shown. */
const LONGEST = 24;

function shortly({ kind, secret, value }: Setting): string {
  if (secret || kind === 'password') {
    return '';
  }
  const words = typeof value === 'boolean' ? t(value ? 'settingIsOn' : 'settingIsOff') : inWords(value);
  return words.length > LONGEST || words.includes('\n') ? '' : words;
}

/** Where a name is that of several, what tells them apart. */
const groupOf = ({ group, section }: Setting): string => (group === 'Omnichannel' && section !== '' ? section : group).replaceAll('_', ' ');

export async function settingCommands(): Promise<readonly Command[]> {
  const all = await readAllSettings();
  const many = new Map<string, number>();
  for (const { name } of all) {
    many.set(name, (many.get(name) ?? 0) + 1);
  }
  return all.map((setting) => ({
    of: 'place',
    icon: 'sliders',
    whole: t('aSetting'),
    title: setting.name,
    alias: setting.id,
    value: [...(many.get(setting.name) === 1 ? [] : [groupOf(setting)]), shortly(setting)].filter((part) => part !== '').join(' · '),
    key: setting.id,
    ...leadTo(`/admin/settings?q=${encodeURIComponent(setting.id)}`),
  }));
}
