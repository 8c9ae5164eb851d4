// node send.cjs CLIENT HOST KEY: sends one event of each kind with a real client, and says what it was told.
const [client, host, key] = process.argv.slice(2);
const timestamp = new Date("2026-03-01T10:30:00Z");
const order = { userId: "u1", event: "Order Completed", properties: { revenue: 42.1 }, timestamp };

async function segment() {
  const { Analytics } = require("@segment/analytics-node");
  const analytics = new Analytics({ writeKey: key, host, maxRetries: 1 });
  analytics.on("error", (error) => { console.log(JSON.stringify({ error: String(error.reason || error.code) })); });
  analytics.identify({ userId: "u1", traits: { email: "ann@shop.example" } });
  analytics.track(order);
  analytics.page({ userId: "u1", name: "Home" });
  analytics.screen({ userId: "u1", name: "Start" });
  analytics.group({ userId: "u1", groupId: "g1" });
  analytics.alias({ userId: "u1", previousId: "a1" });
  await analytics.closeAndFlush();
}

async function rudderstack() {
  const RudderAnalytics = require("@rudderstack/rudder-sdk-node");
  const analytics = new RudderAnalytics(key, { dataPlaneUrl: host, flushInterval: 50, logLevel: "silent" });
  const told = (error) => { if (error) console.log(JSON.stringify({ error: String(error) })); };
  analytics.identify({ userId: "u1", traits: { email: "ann@shop.example" } }, told);
  analytics.track(order, told);
  analytics.page({ userId: "u1", name: "Home" }, told);
  analytics.screen({ userId: "u1", name: "Start" }, told);
  analytics.group({ userId: "u1", groupId: "g1" }, told);
  analytics.alias({ userId: "u1", previousId: "a1" }, told);
  await analytics.flush();
}

async function dittofeed() {
  const { DittofeedSdk } = require("@dittofeed/sdk-node");
  await DittofeedSdk.init({ writeKey: key, host });
  DittofeedSdk.identify({ userId: "u1", traits: { email: "ann@shop.example" } });
  DittofeedSdk.track(order);
  DittofeedSdk.page({ userId: "u1", name: "Home" });
  DittofeedSdk.screen({ userId: "u1", name: "Start" });
  await DittofeedSdk.flush();
}

const clients = { segment, rudderstack, dittofeed };
clients[client]().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
