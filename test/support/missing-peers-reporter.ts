import type { Reporter, TestModule } from "vitest/node";

const missingPeers = (module: TestModule): readonly string[] =>
  [...module.children.allTests("skipped")].flatMap((test) => {
    const peer = test.meta().missingPeer;
    return peer === undefined ? [] : [`${test.fullName.replace(/ > needs [^>]*$/, "")} (needs ${peer})`];
  });

/** Lists at the end of a test run every suite that was skipped for want of a peer. */
export class MissingPeersReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const missing = modules.flatMap((module) =>
      missingPeers(module).map((line) => `  ${module.relativeModuleId}: ${line}`),
    );
    if (missing.length === 0) return;
    process.stdout.write(`\nSkipped for a missing peer:\n${missing.join("\n")}\n`);
  }
}
