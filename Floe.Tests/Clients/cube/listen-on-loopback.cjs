// Cube listens on all interfaces and has no setting for it; a test machine is not to offer it to the network.
const { Server } = require('net');
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  return typeof port === 'number' || typeof port === 'string' ? listen.call(this, { port: Number(port), host: '127.0.0.1' }, rest.find(one => typeof one === 'function')) : listen.call(this, port, ...rest);
};
