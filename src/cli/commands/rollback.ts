import type { DefineCommand } from '../command.ts';
import { wholeNumber } from '../options.ts';
import { printActivation, reportingRefusals } from '../policy-report.ts';
import {
  addPolicyTargetOptions,
  type PolicyTargetOptions,
  TARGET_HELP,
  withPolicies,
} from '../policy-target.ts';
import { printJson } from '../terminal.ts';

type RollbackOptions = PolicyTargetOptions & { readonly from?: number };

const HELP = `
Examples:
  velro rollback                back to the version that answered before the one that does
  velro rollback --from 7       but only if version 7 answers
  velro rollback && velro rollback
                                two back

What was rolled back is not come back to: after activating 1, 2 and 3 it goes to 2, then to 1. To go forward again, or past a
version that cannot be used any more, use velro activate.
${TARGET_HELP}`;

export const defineRollback: DefineCommand = (command, run) => {
  addPolicyTargetOptions(command)
    .option(
      '--from <version>',
      'do nothing when another version answers',
      wholeNumber(1, 999_999_999_999_999),
    )
    .addHelpText('after', HELP)
    .action((options: RollbackOptions) =>
      run(() =>
        reportingRefusals(options, async () => {
          const result = await withPolicies(options, (target) => target.rollback(options.from));
          if (options.json === true) printJson(result);
          else printActivation(result);
        }),
      ),
    );
};
