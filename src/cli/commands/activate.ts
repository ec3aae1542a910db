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

const HELP = `
Examples:
  velro activate 7
  velro activate 7 --url https://velro.example.org

The version is verified, checked and tested again; every running server takes it up within about a second, or keeps what it
has and says why.
${TARGET_HELP}`;

export const defineActivate: DefineCommand = (command, run) => {
  addPolicyTargetOptions(
    command.argument('<version>', 'the number of a published version', wholeNumber(1, 999_999_999_999_999)),
  )
    .addHelpText('after', HELP)
    .action((version: number, options: PolicyTargetOptions) =>
      run(() =>
        reportingRefusals(options, async () => {
          const result = await withPolicies(options, (target) => target.activate(version));
          if (options.json === true) printJson(result);
          else printActivation(result);
        }),
      ),
    );
};
