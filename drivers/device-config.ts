/** How a device is reached: the `device` of a station or meter in the site file. What is left out comes from its profile. */
export type DeviceConfig = ModbusTcpConfig | ModbusRtuConfig | MqttConfig;

/** A device behind a TCP socket; several unit ids of one host share the connection. */
export type ModbusTcpConfig = {
  readonly profile: string;
  readonly transport: "modbus-tcp";
  readonly host: string;
  readonly port?: number | undefined;
  readonly unitId?: number | undefined;
};

/** A device on a serial line; all devices of one path share the bus. */
export type ModbusRtuConfig = {
  readonly profile: string;
  readonly transport: "modbus-rtu";
  readonly path: string;
  readonly baudRate?: number | undefined;
  readonly framing?: "8N1" | "8N2" | "8E1" | "8O1" | undefined;
  readonly unitId?: number | undefined;
};

/** A device that talks through a broker; all devices of one broker and user share the client. */
export type MqttConfig = {
  readonly profile: string;
  readonly transport: "mqtt";
  readonly url: string;
  readonly topicPrefix?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
};
