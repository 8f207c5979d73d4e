export { ApiProblem } from './api-problem.ts';
export {
  createApiClient,
  type AnswerOf,
  type ApiClient,
  type ApiClientOptions,
  type InputOf,
  type OperationId,
} from './create-api-client.ts';
