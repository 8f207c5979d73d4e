import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Registered } from './registered.ts';

/** The little of gRPC and of the engine's protocol that is used here; the SDK ships both without types for them. */
type Struct = { toJavaScript(): Record<string, unknown> };
type Message = Record<string, (...values: unknown[]) => unknown>;
type Reply = (error: Error | null, message?: unknown) => void;
type Handler = (call: { readonly request: Message }, reply: Reply) => void;
type Protocol = Record<string, new () => Message>;
type Services = Record<string, object>;
type Grpc = {
  readonly Server: new () => {
    addService(service: object, handlers: Record<string, Handler>): void;
    bindAsync(
      address: string,
      credentials: object,
      done: (e: Error | null, port: number) => void,
    ): void;
    forceShutdown(): void;
  };
  readonly ServerCredentials: { createInsecure(): object };
};

export type LocalEngine = AsyncDisposable & {
  readonly address: string;
  readonly registered: readonly Registered[];
  readonly errors: readonly string[];
};

function set(message: Message, fields: Record<string, unknown>): Message {
  for (const [field, value] of Object.entries(fields)) {
    message[`set${field[0]?.toUpperCase()}${field.slice(1)}`]?.(value);
  }
  return message;
}

/**
 * The engine that the Pulumi command would be, without providers: it writes down what a program registers and
 * answers as a preview does, with what was asked for and nothing that only a cloud could know.
 */
export async function startLocalEngine(programDirectory: string): Promise<LocalEngine> {
  const load = createRequire(join(programDirectory, 'package.json'));
  const sdk = createRequire(load.resolve('@pulumi/pulumi'));
  const grpc = sdk('@grpc/grpc-js') as Grpc;
  const { Struct } = sdk('google-protobuf/google/protobuf/struct_pb.js') as {
    Struct: { fromJavaScript(value: object): Struct };
  };
  const { Empty } = sdk('google-protobuf/google/protobuf/empty_pb.js') as Protocol;
  const protocol = {
    ...(sdk('./proto/resource_pb.js') as Protocol),
    ...(sdk('./proto/engine_pb.js') as Protocol),
  };
  const { ResourceMonitorService } = sdk('./proto/resource_grpc_pb.js') as Services;
  const { EngineService } = sdk('./proto/engine_grpc_pb.js') as Services;
  const registered: Registered[] = [];
  const errors: string[] = [];
  let root = '';
  const make = (type: string, fields: Record<string, unknown> = {}) => {
    const Type = protocol[type];
    if (Type === undefined) throw new Error(`The SDK's protocol has no ${type}`);
    return set(new Type(), fields);
  };
  const empty = () => (Empty === undefined ? undefined : new Empty());
  const ofRequest = (request: Message, field: string) => String(request[`get${field}`]?.());

  const server = new grpc.Server();
  server.addService(ResourceMonitorService ?? {}, {
    supportsFeature: ({ request }, reply) => {
      const hasSupport = ['secrets', 'resourceReferences', 'outputValues'].includes(
        ofRequest(request, 'Id'),
      );
      reply(null, make('SupportsFeatureResponse', { hasSupport }));
    },
    registerResource: ({ request }, reply) => {
      const [type, name] = [ofRequest(request, 'Type'), ofRequest(request, 'Name')];
      const object = request['getObject']?.() as Struct | undefined;
      registered.push({ type, name, inputs: object?.toJavaScript() ?? {} });
      const urn = `urn:pulumi:stack::project::${type}::${name}`;
      reply(null, make('RegisterResourceResponse', { urn, object }));
    },
    registerResourceOutputs: (_, reply) => reply(null, empty()),
    readResource: ({ request }, reply) => {
      const urn = `urn:pulumi:stack::project::${ofRequest(request, 'Type')}::${ofRequest(request, 'Name')}`;
      const outputs = { outputs: { nameServers: ['ns.example.'] } };
      reply(
        null,
        make('ReadResourceResponse', { urn, properties: Struct.fromJavaScript(outputs) }),
      );
    },
    invoke: (_, reply) =>
      reply(null, make('ResourceInvokeResponse', { return: Struct.fromJavaScript({}) })),
    signalAndWaitForShutdown: (_, reply) => reply(null, empty()),
  });
  server.addService(EngineService ?? {}, {
    log: ({ request }, reply) => {
      if (Number(request['getSeverity']?.()) >= 3) errors.push(ofRequest(request, 'Message'));
      reply(null, empty());
    },
    getRootResource: (_, reply) => reply(null, make('GetRootResourceResponse', { urn: root })),
    setRootResource: ({ request }, reply) => {
      root = ofRequest(request, 'Urn');
      reply(null, make('SetRootResourceResponse'));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    registered,
    errors,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}
