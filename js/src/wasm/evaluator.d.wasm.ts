/** A static import, as workerd and bundlers make it. */
declare const module: WebAssembly.Module;
export default module;
