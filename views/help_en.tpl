<h2>The picture</h2>
<dl class="marks">
% for kind, word, says in marks:
<div><dt>\\
% include('help_mark.tpl', kind=kind)
<b>{{word}}</b></dt><dd>{{says}}</dd></div>
% end
</dl>
<p>A unit keeps its place; while it shares it stands nearer to the middle. A press on a unit opens its details. Ctrl and the wheel or two fingers zoom, a double click shows the whole.</p>
<h2>Live, stale, silent</h2>
<ul>
<li><b>live</b>: its own clock moved within the last 30 s (setting <code>staleafter</code>).</li>
<li><b>stale</b>: it did not; what stands there is the last known, in italics.</li>
<li><b>silent</b>: a member that the data no longer hold. It may still be live on the bus.</li>
<li><b>Unwatched hardware</b>: a stale or silent unit that was last seen not in Wait. It stands above everything, and Run is refused until somebody has acknowledged it.</li>
</ul>
<h2>A page that is not alive</h2>
<p>When the controller cannot be reached, something else answers in its place, the browser slept or the page has a fault, a bar at the top says what is wrong and of when the figures are; they fade, and nothing is said of the grid any more. It goes by itself. Stop all stays, and beside it as a plain form that needs nothing of the page.</p>
<h2>Modes</h2>
<ul>
<li><b>Run</b>: the units make deals by themselves.</li>
<li><b>Soft Stop</b>: running deals end, no new one begins.</li>
<li><b>Force Stop</b>: no deals, every converter to Wait. It is asked first.</li>
<li><b>Manual</b>: apis-main leaves the converters to people; their forms open then. It is asked first.</li>
</ul>
<p>A mode counts once the units' own data show it, 2 to 10 s after the order; until then it is pending, unit by unit. A unit's Local Mode can only hold it back: at Soft Stop or Force Stop while the cluster shares. Under a global Manual or Force Stop it counts for nothing; “clear” takes it away. “--” chooses nothing.</p>
<h2>Stops</h2>
<ul>
<li><b>Stop all</b> brings every converter to Wait and looks whether each one shows it: Force Stop first, so that deals can end, then Wait; in Manual Wait at once. Nothing holds it back, not a lock, not read-only.</li>
<li><b>Stop all and latch</b> (E-stop) does the same, and from then on only what stops is sent, until somebody resets it by name and reason.</li>
<li>Neither is an emergency stop (ISO 13850), and neither isolates anything: batteries and cables stay live. In danger use the switch at the cabinet.</li>
<li>A unit's <b>Stopped</b> with Set ends its converter; it is never off.</li>
</ul>
<h2>Converter by hand</h2>
<p>In Manual: first the voltage reference (Voltage control), then, with the bus up, current; back the other way round. Grid current is + for charging and − for discharging. Bus voltage is one value for all forms. Every order is checked against the rules of the procedure, which answer beside the form.</p>
<h2>Guided sharing</h2>
<p>Does those steps by itself, needs Manual, and ends after the time or energy that was given, or safely when anything goes wrong, or when nobody attends to it.</p>
<h2>Orders, schedules, debug</h2>
<ul>
<li><b>Orders</b> lists what this page has ordered and what became of it. An order is done once the readings show it; what everybody ordered stands in “What happened” and in the journal.</li>
<li><b>Soft Stop Schedule</b>: at that time the order is given by the controller itself, also while no page is open. One that cannot be sent waits, and says why.</li>
<li><b>debug</b> opens what is seldom needed: the UPS mode of all units, and further figures of each.</li>
</ul>
<h2>Locks</h2>
<p>A lock keeps a unit or the cluster from being started while a person works there; stopping passes. It isolates nothing: the bus may be live. Isolate at the breaker.</p>
<h2>Who is logged in</h2>
<p>Where this console has accounts, the strip names you and your role; the name leads to your account: password, one-time codes, sessions, tokens. What your role may not is closed and says which role it needs. Whoever may see may stop, and this browser may for 24 hours after its session has ended, also after logging out. A lock is taken off by its owner, or by an engineer with a reason.</p>
<h2>Alarms</h2>
<ul>
<li><b>Alarms</b> lists what a person should do something about, the gravest first: priority 1 (act now) to 4 (when there is time), with what it leads to and what to do. The number beside the link counts those to be read; a unit's panel and box bear its gravest.</li>
<li><b>Acknowledge</b> says “I have read it”. It changes no rule and lets no order pass. <b>Shelve</b> puts one away by name and reason, priority 1 for at most 1 h, any other for 12 h. <b>Out of service</b> is for a unit or all, from one moment to another. All of this comes back by itself.</li>
<li>“Cannot be told now”: data are missing, so it stands. “Explained by another”: that one is told in its place.</li>
<li>A sound for priorities 1 and 2 is chosen there, for this browser; any page open in it then sounds, once for each.</li>
</ul>
<h2>Self-check</h2>
<p><a href="selfcheck.html">Self-check</a> says whether this console is set up well and keeps what it should: who reaches it, files, clock, disk, database, journal, backup, channels, each with what to do. “Cannot tell” is no “ok”.</p>
<h2>History</h2>
<ul>
<li>A unit's details hold its record; <b>History</b> has that of the cluster, energy per day, the ledger of deals, and how complete the record is. A minute stands there within a minute after it is over.</li>
<li>Above a chart: its times and what they came to. Below: the figures of the slot under the pointer, else of the last one known. <b>Table</b> has them as rows, <b>CSV</b> as a file.</li>
<li>A darker ground and no line: nothing was recorded, which is not 0. ▼ and a dotted line: something happened then. A filled bar: the unit gives in a deal; an outline: it takes.</li>
<li>A unit is read every 5 s, so energy is sure to the power times 5 s at each step; the ledger says it for each deal after ±. “Shared out among deals”: it was in several at once.</li>
</ul>
<h2>Replay</h2>
<p>Shows this page as it was at any recorded moment: play, step, or go from event to event; a link keeps the moment. No order can be given there; Stop all and the E-stop stay, and act now, on the live grid. What is so now stands in one line of the strip. N goes back to now.</p>
<h2>Incidents</h2>
<p>Ten minutes before and after each grid error, Stop all, unwatched hardware, missing Grid Master, failed order and alarm of priority 1 are kept for a year, longer than the rest of the record. Their page leads to each moment in Replay, gives all of it as a file, and takes notes; “Keep this…” keeps any other moment. The file can be shown on any machine, without a grid.</p>
<h2>Keyboard</h2>
<ul>
<li>Tab goes through the controls; the picture is one stop: arrows, Home and End choose a unit, Enter opens its details.</li>
<li>In the list of alarms: arrows one row, Page ten, Home and End; Enter unfolds.</li>
<li>In a chart: arrows one slot, Page ten, Home and End, + and − a shorter or longer span.</li>
<li>Escape closes a question without ordering anything. A question takes no answer in its first half second, but one that stops.</li>
<li>A key that is held down presses once.</li>
</ul>
<h2>Links</h2>
<p><code>/?unit=E003</code> opens a unit, <code>/?filter=silent&amp;mode=manual</code> a filter, <code>/?display=wall</code> is without controls, for a wall, <code>/history.html?unitId=E003&amp;span=1w</code> a week of a unit. A panel's name is its link.</p>
