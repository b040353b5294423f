/** The shape of what comes, seen only when it takes a while. */
export function Skeleton({ rows }: { readonly rows: number }) {
  return (
    <div class="skeletons table" aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} class="sk-line">
          <span class="skeleton" />
          <span class="skeleton" />
          <span class="skeleton" />
        </div>
      ))}
    </div>
  );
}
