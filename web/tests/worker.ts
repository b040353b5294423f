// Before each file of tests: it has modules of its own, as in a worker of its own. What is in packages, and the browser, the worker keeps.
import { vi } from 'vitest';

vi.resetModules();
