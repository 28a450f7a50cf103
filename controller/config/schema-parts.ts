import Type from "typebox";

/** No keys beyond those named. */
export const closed = { additionalProperties: false };

/** A short name that others refer to. */
export const id = (description: string) =>
  Type.String({
    pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$",
    minLength: 1,
    maxLength: 40,
    patternErrorMessage: 'only letters, digits, "-", "_" and "." are allowed, and the first must be a letter or digit',
    description,
  });

/** A name for people. */
export const name = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 100, description }));

/** A current, A. */
export const amps = (description: string, minimum = 0) => Type.Number({ minimum, maximum: 10_000, description });

/** A power of all phases together, kW or kVA. */
export const power = (description: string) => Type.Number({ minimum: 1, maximum: 100_000, description });

/** A current, A: one number, or one per phase. */
export const ampsPerPhase = (description: string, minimum = 0) =>
  Type.Union(
    [
      amps("The same on L1, L2 and L3", minimum),
      Type.Object(
        {
          L1: amps("Current on L1; 0 where the phase is not there"),
          L2: amps("Current on L2; 0 where the phase is not there"),
          L3: amps("Current on L3; 0 where the phase is not there"),
        },
        closed,
      ),
    ],
    { description },
  );

/** The same, left out at will. */
export const optionalAmpsPerPhase = (description: string) => Type.Optional(ampsPerPhase(description));

/** A switch, off unless set. */
export const flag = (description: string) => Type.Boolean({ default: false, description });
