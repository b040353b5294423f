export { ask } from '../../parts/asking.ts';
