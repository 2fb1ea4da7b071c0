// Search without a server: browsers refuse workers for pages opened from a folder, so there the
// worker's script runs in a hidden frame. Over http nothing is changed.
(function () {
  "use strict";
  if (location.protocol !== "file:") return;

  // Runs inside the frame before the worker's script.
  function prepare() {
    var host = window.parent;
    window.postMessage = function (data) {
      host.postMessage({ policygenWorker: window.name, data: data }, "*");
    };
    window.importScripts = function () {
      return Array.prototype.reduce.call(arguments, function (before, address) {
        return before.then(function () {
          return new Promise(function (done, failed) {
            var script = document.createElement("script");
            script.src = address;
            script.onload = done;
            script.onerror = failed;
            document.head.appendChild(script);
          });
        });
      }, Promise.resolve());
    };
  }

  var number = 0;

  class FrameWorker extends EventTarget {
    constructor(address) {
      super();
      var name = "policygen-worker-" + ++number;
      var frame = document.createElement("iframe");
      this.onmessage = null;
      this.onerror = null;
      this.waiting = [];
      this.ready = false;
      this.frame = frame;
      frame.hidden = true;
      frame.title = "Search";
      frame.name = name;
      this.listener = (event) => {
        if (event.source !== frame.contentWindow || !event.data) return;
        if (event.data.policygenWorker !== name) return;
        var message = new MessageEvent("message", { data: event.data.data });
        this.dispatchEvent(message);
        if (this.onmessage) this.onmessage(message);
      };
      window.addEventListener("message", this.listener);
      frame.addEventListener("load", () => {
        this.ready = true;
        this.waiting.splice(0).forEach((data) => this.postMessage(data));
      });
      var source = new URL(address, location.href).href.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
      frame.srcdoc = "<!doctype html><html><head><script>(" + prepare + ")()<\/script>" +
        '<script src="' + source + '"><\/script></head><body></body></html>';
      document.body.appendChild(frame);
    }

    postMessage(data) {
      if (this.ready) {
        this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data: data }));
      } else {
        this.waiting.push(data);
      }
    }

    terminate() {
      window.removeEventListener("message", this.listener);
      this.frame.remove();
    }
  }

  window.Worker = FrameWorker;
})();
