// Between the libraries: the names by which Cube's client looks for what it needs.
globalThis.ramda = globalThis.R;
globalThis.quarterOfYear = globalThis.dayjs_plugin_quarterOfYear;
globalThis.duration = globalThis.dayjs_plugin_duration;
globalThis.isoWeek = globalThis.dayjs_plugin_isoWeek;
globalThis.en = { name: 'en' };
// Ids of requests. crypto.randomUUID is missing on http addresses other than localhost.
globalThis.uuid = {
  v4: () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
};
