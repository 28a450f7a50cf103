import { describe, expect, it } from "vitest";
import { readStartOptions } from "#controller/cli/start-options.ts";

const read = (line: string) => readStartOptions(line === "" ? [] : line.split(" "));

describe("the options of start", () => {
  it("left out mean the demo at its own pace", () => {
    expect(read("")).toEqual({ config: null, data: null, port: 8080, day: null, dayStartMs: null, clockScale: 1 });
  });

  it("replay a day from a time in it, faster", () => {
    expect(read("--day d.json --day-start 08:30 --clock-scale 10")).toMatchObject({
      day: "d.json",
      dayStartMs: 8.5 * 3_600_000,
      clockScale: 10,
    });
  });

  it.each([
    ["--port 0", ["--port is a whole number from 1 to 65535, not '0'"]],
    ["--clock-scale 31", ["--clock-scale is a number from 1 to 30, not '31'"]],
    ["--day d.json --day-start 24:00", ["--day-start is hours and minutes such as 08:30, not '24:00'"]],
    ["--day-start 08:00", ["--day-start goes with --day FILE"]],
    ["--config s.yaml --day d.json", ["--day is for simulated devices alone: leave it or --config out"]],
    ["--nonsense", [expect.stringContaining("--nonsense")]],
  ])("are refused with a reason: %s", (line, problems) => {
    expect(read(line)).toEqual({ problems });
  });

  it("are refused with every reason at once", () => {
    expect(read("--config s.yaml --port x --day-start 9 --clock-scale 0")).toEqual({
      problems: [
        "--port is a whole number from 1 to 65535, not 'x'",
        "--clock-scale is a number from 1 to 30, not '0'",
        "--day-start is hours and minutes such as 08:30, not '9'",
        "--day-start is for simulated devices alone: leave it or --config out",
        "--clock-scale is for simulated devices alone: leave it or --config out",
        "--day-start goes with --day FILE",
      ],
    });
  });
});
