import { t } from '../texts.ts';

/** A page such as a site could have. */
export function Shop({ name }: { readonly name: string }) {
  return (
    <>
      <header>
        <b>
          <bdi>{name}</bdi>
        </b>
        <span>{t('shopCups')}</span>
        <span>{t('shopBowls')}</span>
        <span>{t('shopWorkshops')}</span>
      </header>
      <h1>{t('shopTitle')}</h1>
      <p>{t('shopMore')}</p>
      <svg class="pots" width="300" height="170" viewBox="0 0 300 170" aria-hidden="true" overflow="visible">
        <path d="M-2000 150h4000v30h-4000Z" fill="#e9dfcd" />
        <path d="M22 84c2 34 14 66 34 66s32-32 34-66Z" fill="#5f8f7a" />
        <path d="M22 84c10 6 58 6 68 0" fill="none" stroke="#41705c" stroke-width="3" />
        <path d="M112 60h54c8 26 10 66-6 90h-42c-16-24-14-64-6-90Z" fill="#b9683f" />
        <path d="M112 60h54v9h-54Z" fill="#9a5130" />
        <path d="M196 104h70c0 28-14 46-35 46s-35-18-35-46Z" fill="#3f5f86" />
        <path d="M266 112c14 0 16 22-8 24" fill="none" stroke="#3f5f86" stroke-width="6" />
      </svg>
    </>
  );
}
