"""What stands between the network and the web application: sockets, requests, threads (Z1, AV1, AV2, AV6-AV8, AV20).

`Server` is made by the controller; `lanes` names the threads a request may have. The only importer of waitress.
"""

from main_controller.server.server import Server as Server
