// lightship's readiness is a flag that the application sets: it asks nothing, whatever has happened to Redis.
// Its last version that runs on Node 20 is a CommonJS module.
import lightshipModule from 'lightship';

const lightship = await lightshipModule.createLightship({
  port: Number(process.env.PORT),
  detectKubernetes: false,
});
lightship.signalReady();
