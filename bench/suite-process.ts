/** Measures one suite, or a part of one, for `run.ts`. */
import { SUITES } from './suites/index.ts';
import { answerOrder } from './support/apart.ts';

answerOrder(SUITES);
