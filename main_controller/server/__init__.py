"""What stands between the network and the web application: sockets, unread requests, threads (Z1, V1, V2, V6-V8, V20).

`Server` is made by the controller; `lanes` names the threads a request may have. The only importer of waitress.
"""

from main_controller.server.server import Server as Server
