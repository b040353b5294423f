import { calledAs, type Me as Own } from '../api/documents.ts';
import { logOut } from '../api/entry.ts';
import { setSound, sound } from '../live/sound.ts';
import { Icon } from '../parts/Icon.tsx';
import { Modes } from '../parts/Modes.tsx';
import { Popover } from '../parts/Popover.tsx';
import { Switch } from '../parts/Switch.tsx';
import { address, place } from '../place.ts';
import { t } from '../texts.ts';
import { type Place, placeAt, type Section } from './places.ts';

interface Props {
  readonly own: Own;
  /** Sections for which there is no room beside it. */
  readonly others: readonly (readonly [Section, Place])[];
  readonly close: () => void;
}

export function Me({ own, others, close }: Props) {
  const open = placeAt(place.value.path)?.section;
  return (
    <Popover label={t('yourAccount')} kind="about-me" close={close}>
      <div class="who">
        <p class="strong">
          <bdi>{calledAs(own)}</bdi>
        </p>
        <p class="meta">
          <bdi>{own.username}</bdi>
        </p>
      </div>
      {others.map(([section, { path }]) => (
        <a key={path} class="option" href={address(path)} data-inside onClick={close} {...(section === open ? { 'aria-current': 'page' as const } : {})}>
          <Icon name={section.icon} />
          {t(section.name)}
        </a>
      ))}
      <Modes />
      <Switch label={t('soundOfNews')} on={sound.value} change={setSound} />
      <a class="option" href={address('/me')} data-inside onClick={close}>
        <Icon name="user" />
        {t('profile')}
      </a>
      <button type="button" class="option" onClick={() => void logOut()}>
        <Icon name="out" turns />
        {t('logOut')}
      </button>
    </Popover>
  );
}
