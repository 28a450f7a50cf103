import { defineConfig } from "vitest/config";
import { MissingPeersReporter } from "./test/support/missing-peers-reporter.ts";

const timeouts = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    reporters: ["default", new MissingPeersReporter()],
    projects: [
      {
        test: {
          name: "core",
          include: [
            "test/controller/**/*.test.ts",
            "test/drivers/**/*.test.ts",
            "test/*.test.ts",
            "test/support/**/*.test.ts",
          ],
          ...timeouts,
        },
      },
      { test: { name: "site", include: ["test/simulation/**/*.test.ts", "test/faults/**/*.test.ts"], ...timeouts } },
      { test: { name: "peers", include: ["test/peers/**/*.test.ts"], ...timeouts } },
      { test: { name: "browser", include: ["test/browser/**/*.test.ts"], ...timeouts } },
    ],
  },
});
