/** Where n8n listens on one machine, and where its own runners of code find it; the ports move with the edge's. */
export function localN8n(portOffset: number): {
  readonly port: number;
  readonly brokerPort: number;
} {
  return { port: 4178 + portOffset, brokerPort: 4177 + portOffset };
}
