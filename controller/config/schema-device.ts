import Type, { type Static } from "typebox";
import { closed } from "./schema-parts.ts";

const unitId = Type.Optional(
  Type.Integer({ minimum: 0, maximum: 255, description: "Modbus unit id; left out: the profile's" }),
);

const envName = (what: string) =>
  Type.Optional(
    Type.String({
      pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
      maxLength: 80,
      patternErrorMessage: "this is the name of an environment variable, never the secret itself",
      description: `Environment variable that holds the ${what}`,
    }),
  );

/** Address of an MQTT broker. */
export const brokerUrl = Type.Optional(
  Type.String({
    pattern: "^mqtts?://[^\\s/@?#]+/?$",
    maxLength: 200,
    patternErrorMessage: "write it as mqtt://host:1883 or mqtts://host:8883, without user or password",
    description: "MQTT broker; left out: the embedded one",
  }),
);

/** An MQTT topic. */
export const topic = (description: string) =>
  Type.String({
    pattern: "^[^+#\\s\\u0000]+$",
    minLength: 1,
    maxLength: 200,
    patternErrorMessage: "a topic has no spaces and no wildcards (+ or #)",
    description,
  });

const profile = Type.String({
  minLength: 1,
  maxLength: 60,
  description: "Id of a device profile: the name of its file in drivers/profiles/",
});

/** How a device is reached; left-out settings are the profile's. */
export const DeviceConfig = Type.Union(
  [
    Type.Object(
      {
        profile,
        transport: Type.Literal("modbus-tcp", { description: "modbus-tcp, modbus-rtu or mqtt" }),
        host: Type.String({
          pattern: "^[A-Za-z0-9._:-]+$",
          minLength: 1,
          maxLength: 253,
          patternErrorMessage: "write an IP address or host name alone, without http:// and without a path",
          description: "IP address or host name",
        }),
        port: Type.Optional(
          Type.Integer({ minimum: 1, maximum: 65_535, description: "TCP port; left out: the profile's" }),
        ),
        unitId,
      },
      closed,
    ),
    Type.Object(
      {
        profile,
        transport: Type.Literal("modbus-rtu", { description: "modbus-tcp, modbus-rtu or mqtt" }),
        path: Type.String({
          pattern: "^/[^\\t\\r\\n\\u0000]+$",
          minLength: 2,
          maxLength: 200,
          patternErrorMessage: "write the whole path of the serial port, such as /dev/ttyUSB0",
          description: "Serial port",
        }),
        baudRate: Type.Optional(
          Type.Integer({ minimum: 1200, maximum: 115_200, description: "Line speed; left out: the profile's" }),
        ),
        framing: Type.Optional(
          Type.Enum(["8N1", "8N2", "8E1", "8O1"], {
            description: "Data bits, parity, stop bits; left out: the profile's",
          }),
        ),
        unitId,
      },
      closed,
    ),
    Type.Object(
      {
        profile,
        transport: Type.Literal("mqtt", { description: "modbus-tcp, modbus-rtu or mqtt" }),
        url: brokerUrl,
        topicPrefix: Type.Optional(topic("What the device's topics start with; left out: the profile's")),
        usernameEnv: envName("user name"),
        passwordEnv: envName("password"),
      },
      closed,
    ),
  ],
  { description: "How it is reached" },
);

export type DeviceConfig = Static<typeof DeviceConfig>;
