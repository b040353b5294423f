declare module 'virtual:icons' {
  const icons: Readonly<
    Record<string, readonly (readonly [string, Readonly<Record<string, string>>])[]>
  >;
  export default icons;
}
