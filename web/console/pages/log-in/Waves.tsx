// One voice among lines: a wave that fades to both sides.
const WIDTH = 800;
const STEP = 8;
const MIDDLE = { x: 428, y: 456 };
const LINES = Array.from({ length: 23 }, (_, index) => 60 + index * 36);

function path(y: number): string {
  const near = Math.exp(-((y - MIDDLE.y) ** 2) / 22_837);
  const points = Array.from({ length: WIDTH / STEP + 1 }, (_, index) => {
    const away = index * STEP - MIDDLE.x;
    const lifted = 135 * Math.sin(0.022 * away) * Math.exp(-(away ** 2) / 22_090) * near;
    return `${index * STEP} ${(y + lifted).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}

export function Waves() {
  return (
    <svg class="waves" viewBox="0 0 800 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      {LINES.map((y) => (
        <path key={y} class={y === MIDDLE.y ? 'bar' : ''} d={path(y)} />
      ))}
    </svg>
  );
}
