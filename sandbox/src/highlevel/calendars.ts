import type { FastifyInstance } from 'fastify';
import { asObject, type JsonObject } from '../json-body.ts';
import { providerId } from '../provider-id.ts';
import type { World } from '../world.ts';
import { highlevelError, requireFields, type HighLevelState } from './highlevel-rules.ts';

type Params = { Params: { id: string } };
type Query = { Querystring: Record<string, string | undefined> };

const slotMs = 30 * 60_000;
const dayMs = 86_400_000;

function isTaken(state: HighLevelState, calendarId: string, startMs: number): boolean {
  return state.appointments.values().some((appointment) => {
    const begins = Date.parse(String(appointment['startTime']));
    const ends = Date.parse(String(appointment['endTime']));
    return (
      appointment['calendarId'] === calendarId &&
      appointment['appointmentStatus'] !== 'cancelled' &&
      startMs < ends &&
      startMs + slotMs > begins
    );
  });
}

/** Half-hour slots on weekdays from 9:00 to 17:00 UTC that no appointment covers. */
function freeSlots(
  state: HighLevelState,
  calendarId: string,
  fromMs: number,
  toMs: number,
): JsonObject {
  const days: Record<string, { slots: string[] }> = {};
  for (let ms = Math.ceil(fromMs / slotMs) * slotMs; ms < toMs; ms += slotMs) {
    const at = new Date(ms);
    const isOpen = at.getUTCDay() % 6 !== 0 && at.getUTCHours() >= 9 && at.getUTCHours() < 17;
    if (isOpen && !isTaken(state, calendarId, ms)) {
      const day = (days[at.toISOString().slice(0, 10)] ??= { slots: [] });
      day.slots.push(at.toISOString().replace('.000Z', '+00:00'));
    }
  }
  return days;
}

export function calendarRoutes(app: FastifyInstance, world: World, state: HighLevelState): void {
  const { locationId } = world.accounts.highlevel;
  const calendars = [
    { id: 'cal_sandbox', locationId, name: 'Appointments', calendarType: 'round_robin' },
  ];

  app.get('/calendars/', async (request) => ({ calendars, traceId: request.id }));
  app.get<Params & Query>('/calendars/:id/free-slots', async (request) => {
    requireFields(request.query, ['startDate', 'endDate']);
    const fromMs = Number(request.query['startDate']);
    const toMs = Number(request.query['endDate']);
    if (toMs - fromMs > 31 * dayMs) {
      throw highlevelError(400, 'The date range cannot be more than 31 days');
    }
    return { ...freeSlots(state, request.params.id, fromMs, toMs), traceId: request.id };
  });
  app.post('/calendars/events/appointments', async (request, reply) => {
    const body = asObject(request.body);
    requireFields(body, ['calendarId', 'locationId', 'contactId', 'startTime']);
    const startMs = Date.parse(String(body['startTime']));
    if (body['ignoreFreeSlotValidation'] !== true) {
      if (isTaken(state, String(body['calendarId']), startMs)) {
        throw highlevelError(400, 'The slot you have selected is no longer available.');
      }
    }
    const id = providerId('', 'alphanumeric', 20);
    const appointment = state.appointments.add(id, {
      appointmentStatus: 'confirmed',
      endTime: new Date(startMs + slotMs).toISOString(),
      ...body,
      id,
      dateAdded: world.clock.now().toISOString(),
    });
    return reply.status(201).send(appointment);
  });
  app.get<Params>('/calendars/events/appointments/:id', async (request) => {
    const appointment = state.appointments.get(request.params.id);
    if (appointment === undefined) throw highlevelError(404, 'Appointment not found');
    return { appointment, traceId: request.id };
  });
  app.delete<Params>('/calendars/events/:id', async (request) => {
    const appointment = state.appointments.get(request.params.id);
    if (appointment === undefined) throw highlevelError(404, 'Appointment not found');
    appointment['appointmentStatus'] = 'cancelled';
    return { succeeded: true, traceId: request.id };
  });
}
