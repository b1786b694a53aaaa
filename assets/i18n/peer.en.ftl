# The peer's windows, English. Keys are named screen-thing; the French file has the same keys.

app-name = Deskside
# In place of the name of a customer who gave none.
nameless = Customer

# Joining
join-title = Get help
join-lead = Type the number that your agent gives you.
join-number = Session number
join-hint = 000 000 000
join-link = Link with its secret
join-button = Join
join-busy = Joining…
join-cancel = Cancel
join-agent = I am an agent
join-safety = Join only if you asked for help yourself. Deskside never calls you.

# Signing in
signin-title = Sign in
signin-lead = For agents with an account on this server.
signin-server = Server
signin-name = User name
signin-password = Password
signin-show = Show the password
signin-hide = Hide the password
signin-button = Sign in
signin-busy = Signing in…
signin-back = Back to joining

# The agent without a session
home-hello = Hello, { $name }
home-lead = You get a number and a link for your customer.
home-start = Start a session
home-starting = Starting…
home-signout = Sign out
home-assist = Help a colleague
home-assist-number = Number of a colleague’s session
home-assist-hint = number or link
home-assist-button = Enter as an assistant
home-assist-lead = You see what your colleague sees once they let you.

# The agent's desk
desk-queues = Who waits
desk-loading = Asking the server…
desk-down = The server does not answer.
desk-down-do = This is what was known last. Deskside tries again by itself.
desk-no-queues = You serve no queue
desk-no-queues-do = Whoever runs your server can add you to one. You can start a session at any time.
desk-nobody-waits = Nobody waits
desk-waiting = { $count ->
    [one] 1 customer waits
   *[other] { $count } customers wait
}
desk-more = { $count ->
    [one] and 1 more
   *[other] and { $count } more
}
desk-take = Take
desk-take-name = Take { $name }
desk-take-next = Take next
desk-take-next-of = Take the next one of { $queue }
desk-offline = connection lost
desk-since-minutes = { $minutes } min
desk-since-hours = { $hours } h
desk-offers = Passed on to you
desk-offer-from = from { $name } · { $since }
desk-offer-message = “{ $text }”
desk-offer-take = Take over
desk-nobody = no customer yet
desk-colleagues = Colleagues
desk-no-colleagues = Nobody else is there.
desk-free = free
desk-busy = in a session
desk-away = away

# The bar with the agent's sessions
tab-desk = Desk
tab-entering = connecting
tab-empty = nobody has come yet
tab-running = running
tab-lost = connection lost, coming back by itself
tab-ended = over

# The agent's session
session-number = Session { $number }
session-invite = Invite your customer
session-invite-lead = Read this number to your customer, or send the link.
session-copy-number = Copy number
session-copy-link = Copy link
session-copied = Copied
session-tell = What to tell your customer
session-tell-1 = Open Deskside, or { $server } in a browser.
session-tell-2 = Type the number { $number } and choose “Join”.
session-tell-3 = Deskside asks before anything on the computer is seen or touched.
session-link-better = The link proves by itself who is who. With the number alone, you compare a short code.
session-waiting = Waiting for your customer…
session-people = In this session
session-alone = Nobody else is here yet.
session-chat = Chat
session-leave = Leave
session-end = End session
session-end-title = End this session?
session-end-body = It ends for everyone, and its number no longer works.
session-end-yes = End session
session-leave-title = Leave this session?
session-leave-agent = The others stay connected. You can come back with the number.
session-leave-primary = { $name } leads from now on, and the others stay connected. You can come back with the number.
session-leave-customer = Nobody sees or controls your computer any more.
session-leave-yes = Leave
session-stay = Stay
session-quit-title = Close Deskside?
session-quit-body = You leave the session that is under way.
session-quit-agent = You leave your sessions. Those that no other agent can lead end for everyone.
session-quit-yes = Close
session-server-down = The server does not answer. This session goes on; Deskside reconnects by itself.

ready-title = { $name } is connected
ready-lead = Ask before you look: { $name } sees your question and decides.
ready-code-first = First compare the code on the right with { $name }.
ready-connecting-title = { $name } is joining…
ready-connecting-lead = The secure connection is being made.
ready-lost-title = The connection to { $name } is lost
ready-lost-lead = Deskside reconnects by itself.
ready-refused-title = The connection to { $name } was refused

# People
role-primary = Agent
role-assistant = Assistant
role-customer = Customer
link-connecting = Connecting…
link-direct = Connected directly
link-relayed = Connected through a relay
link-secure = Connected
link-lost = Connection lost, reconnecting…
link-refused = Refused
verified-link = Verified by link
code-label = Code { $code }
code-ask-customer = Ask { $name } to read this code to you. It must be the same.
code-ask-agent = Compare it with the code that { $name } reads to you. It must be the same.
person-more = More about { $name }
person-helped = Is helped now
person-watches = Sees the picture too
person-help = Help { $name } now
person-help-hint = The others keep waiting in this session.
person-hand-over = Hand over to { $name }
person-hand-over-hint = You stay as an assistant.
person-admit = Let { $name } watch
person-admit-hint = The customer is told, and can forbid it.
person-admit-customer-hint = Nothing is seen until the customer you help agrees.
person-may-watch = Sees the picture if { $name } agrees
person-dismiss = Stop { $name } from watching
person-dismiss-hint = Chat and the session itself go on.
hand-over-title = Hand over to { $name }?
hand-over-body = { $name } leads from now on, and you stay as an assistant. Sharing, file transfers, video and recording end; a call goes on. { $name } asks the customer anew.
hand-over-yes = Hand over
help-title = Help { $name } now?
help-body = All sharing ends: the desktop that is shown now, control, files, video and recording. A call goes on.
help-yes = Help { $name }
dialog-cancel = Cancel
assist-leads = { $name } leads this session
assist-watches = You assist. As soon as a desktop is shared, you see it too.
assist-waits = You assist. You do not see the desktop until { $name } lets you watch.
assist-nobody = Nobody leads this session
assist-nobody-lead = It goes on as soon as its agent is back.

# Asking
ask-view = Ask to see the desktop
ask-control = Ask to control
ask-clipboard = Ask for the clipboard
ask-show = Show my screen
ask-cancel = Cancel the question
ask-waiting-view = Waiting for { $name }’s answer: see the desktop…
ask-waiting-control = Waiting for { $name }’s answer: control…
ask-waiting-clipboard = Waiting for { $name }’s answer: clipboard…
ask-waiting-act = Waiting for { $name }’s answer: { $act }…
what-show = showing the own desktop
what-files = files
what-scripts = running scripts
what-information = information about the computer
what-other-user = working as another user
what-restart = restarting the computer
what-printing = printing from your computer
what-recording = recording the session
what-voice = a voice call
what-camera = the camera
release-control = Release control
stop-sharing = Stop sharing

# The tabs beside the picture
console-session = Session
console-customer = Customer
console-move = Drag to another place
console-left = Move left
console-right = Move right
console-number = Number
console-link = Invitation
console-organisation = Organisation
console-leads = Led by
console-you = You
console-nobody = Nobody
console-people = People
console-sharing = Sharing
console-sharing-none = Nothing is shared.
console-granted = Allowed now
console-granted-none = Nothing.
console-server = Server
console-server-up = Connected
console-server-down = Does not answer
console-customer-none = No customer is here yet.
console-name = Name
console-identity = Identity
console-code = Code { $code }, to be compared
console-connection = Connection
list-view = See the desktop
list-control = Mouse and keyboard
list-clipboard = Copied texts and pictures

# The window as a small bar
compact = Make the window a small bar
compact-back = Back to the whole window

# Keys
keys = All keys
keys-close = Close
keys-everywhere = Everywhere
keys-everywhere-lead = Tab and Shift + Tab go to every button, Enter uses it.
keys-console = In a session
keys-console-lead = They work while you write, too.
keys-picture = In the picture
keys-picture-lead = While you control, keys go to the other computer after a click into the picture. A click beside it brings them back. With “Keys” on, the right Ctrl key alone lets go of the combinations, and once more of all keys.
keys-type = Type into the picture, with “Keys” on
keys-draw = Draw on the picture, or control again
keys-larger = Show the picture larger
keys-smaller = Show the picture smaller
keys-back = The session before
keys-on = The next session
keys-go = The desk, or the session in this place
keys-left = Move the tab to the left
keys-right = Move the tab to the right
keys-panel = Show or hide the panel at the side
keys-compact = Small bar, and back
key-ctrl = Ctrl
key-shift = Shift
key-page-up = Page up
key-page-down = Page down
key-plus = Plus
key-minus = Minus

# The viewer
viewer-viewing = Viewing
viewer-controlling = You control
viewer-other-controls = { $name } controls
viewer-fit = Fit
viewer-fit-hint = Fit the picture to the window
viewer-one = 1:1
viewer-one-hint = Pixel by pixel, with scrolling
viewer-zoom = Zoom
viewer-zoom-hint = How large the picture is: Ctrl + wheel over it, or Ctrl + plus and minus
viewer-percent = { $percent }%
viewer-full = Full screen
viewer-window = Leave full screen
viewer-coder = Picture
viewer-coder-auto = Automatic
viewer-coder-tiles = Sharp (tiles)
viewer-coder-h264 = Video (H.264)
viewer-coder-now = In use: { $coder }
viewer-monitors = Monitors
viewer-monitor-all = All monitors
viewer-monitor = { $name } ({ $width } × { $height })
viewer-shortcuts = Send keys
viewer-super = Super (Windows key)
viewer-print = Print screen
viewer-console = Consoles (Ctrl + Alt + F1 to F12)
viewer-grab = Keys
viewer-grab-on = Key combinations go to the other computer
viewer-grab-off = Key combinations stay on this computer
viewer-stop = Stop
viewer-size = { $width } × { $height }
viewer-paused = { $name } paused the picture
viewer-paused-lead = It goes on as soon as { $name } resumes.
viewer-first = Waiting for the first picture…
viewer-first-lead = It appears as soon as it arrives.
viewer-lost = Connection lost
viewer-lost-lead = Deskside reconnects by itself; the picture comes back.
viewer-picture = Desktop of { $name }
viewer-panel-hide = Hide the side panel
viewer-panel-show = Show the side panel

# The picture’s quality
quality-auto = Automatic
quality-auto-hint = The sharpest picture that the line carries
quality-sharper = Sharper
quality-sharper-hint = Every pixel exact, fewer pictures on a slow line
quality-faster = Faster
quality-faster-hint = What moves is blurred sooner, so that it comes sooner
quality-colours = Colours
quality-full = All colours
quality-16bit = 65,536 colours (16 bit)
quality-256 = 256 colours
customer-quality = Picture of your screen
customer-quality-now = Picture: { $quality }

# Drawing
draw = Draw
draw-hint = Draw on the picture, for everybody who sees it
draw-off = Stop drawing
draw-forbidden = Nobody can draw on this screen now
draw-pen = Pen
draw-highlighter = Highlighter
draw-line = Line
draw-arrow = Arrow
draw-rectangle = Rectangle
draw-ellipse = Ellipse
draw-text = Text: click, then write; Enter ends it
draw-pointer = Pointer with your name
draw-eraser = Eraser
draw-red = Red
draw-orange = Orange
draw-yellow = Yellow
draw-green = Green
draw-blue = Blue
draw-violet = Violet
draw-black = Black
draw-white = White
draw-thin = Thin
draw-medium = Medium
draw-thick = Thick
draw-undo = Undo
draw-clear-all = Clear everything that is drawn
draw-clear-mine = Clear what you drew
draw-save = Save the picture with what is drawn on it
draw-saved = Saved: { $path }
draw-here = Draw on my screen
draw-clear = Clear the drawings
draw-forbid = No drawing on my screen
draw-allow = Allow drawing on my screen
screen-takeback = Take back control of my screen
screen-pause = Pause my screen
screen-resume = Share my screen again
screen-draw = Draw
screen-no-drawing = You let nobody draw on your screen
screen-cannot-draw = Drawing on the screen is not possible on this system yet
screen-more = More
screen-more-name = More for my screen
screen-hide-hint = What is hidden is seen by nobody

trouble-no-display = The customer’s computer has no screen that can be shared.
trouble-no-display-do = Ask the customer to sign in to a desktop, then ask again.
trouble-capture-denied = The customer’s system does not permit sharing its screen.
trouble-capture-denied-do = Ask the customer to allow screen sharing in the system’s settings.
trouble-capture-failed = The picture of the screen cannot be taken.
trouble-capture-failed-do = Stop sharing and ask again.
trouble-input-denied = The customer’s system does not permit remote control.
trouble-input-denied-do = You can go on watching. Ask the customer to allow remote control in the system’s settings.
trouble-input-failed = Mouse and keyboard do not reach the customer’s computer.
trouble-input-failed-do = Release control and ask again.
trouble-system-prompt = The customer has a prompt of Windows open, or the screen is locked.
trouble-system-prompt-do = Only the person there can see and answer it. The picture comes back by itself afterwards.

# Chat
chat-empty = No messages yet.
chat-placeholder = Write a message…
chat-send = Send
chat-me = Me
chat-pending = Not delivered yet
chat-too-long = This message is too long.
chat-full = Too many messages wait for somebody who is not connected. This one was not sent.
chat-everyone = Everyone
chat-only = Only the two of you
chat-conversation = Conversation: { $name }, { $count } unread elsewhere
chat-unread = { $count ->
    [one] 1 new message
   *[other] { $count } new messages
}
chat-private = Only you and { $name } read this
chat-kept = { $organisation } saves what is said to all
chat-link = Open a page of { $host }
chat-link-title = Open this page in your browser?
chat-link-warning = Open it only if you expected it. Nobody serious asks for a password or money there.
chat-link-open = Open
chat-placeholder-private = Only to { $name }…
phrases = Stored phrases
phrases-none = No phrases are stored yet.
phrases-mine = Mine
phrases-site = For everybody
phrases-keep = Store what I wrote
phrases-keep-hint = The message in the field becomes one of my phrases.
phrases-manage = Remove some of mine…
phrases-done = Done
phrases-remove = Remove: { $phrase }
ago-now = just now
ago-minutes = { $minutes } min ago
ago-hours = { $hours } h ago
ago-days = { $days ->
    [one] yesterday
   *[other] { $days } days ago
}

# The customer's session
customer-nobody = Waiting for the agent…
customer-nobody-lead = Keep this window open. The agent joins in a moment.
customer-permissions = What you have allowed
customer-nothing = Nothing. The agent can only chat with you.
customer-allow-all = Everything is allowed without asking, until you take it back.
customer-revoke = Take back
customer-revoke-act = Take back: { $act }
customer-revoke-all = Take everything back
customer-leave = Leave the session
customer-escape = Press Esc three times to stop everything at once.
customer-organisation-of = of { $organisation }
customer-assistant-of = Assistant, { $organisation }
customer-sees = Sees your screen too
customer-would-see = Will see what you share
customer-excluded = Does not see what you share
customer-exclude = Keep { $name } from watching
customer-include = Let { $name } watch again
customer-show = Let { $name } see my screen
customer-hide = Hide my screen from { $name }
customer-shares = You see this screen
customer-may-control = You can control this screen

act-view = See your screen
act-control = Use your mouse and keyboard
act-clipboard = Share what is copied
act-show = Show you their screen
act-files = Read and change your files
act-scripts = Run scripts on your computer
act-information = Read information about your computer
act-other-user = Work as another user on your computer
act-restart = Restart your computer
act-printing = Let you print on their printer
act-recording = Record this session
act-voice = Talk with you
act-camera = See your camera

# The question to the customer
prompt-window = Deskside asks you
prompt-view = asks to see your screen
prompt-control = asks to use your mouse and keyboard
prompt-clipboard = asks to share what is copied
prompt-show = asks to show you their screen
prompt-files = asks to open your files
prompt-scripts = asks to run scripts on your computer
prompt-information = asks to read information about your computer
prompt-other-user = asks to work as another user on your computer
prompt-restart = asks to restart your computer
prompt-printing = asks to set up their printer on your computer
prompt-recording = asks to record this session
prompt-voice = asks to talk with you
prompt-camera = asks to see your camera
prompt-from = of { $organisation }
prompt-view-means = They will see everything on your screen, as you see it. They cannot click or type.
prompt-control-means = They will see your screen and can click and type like you. You can take over at any time: just move your mouse.
prompt-clipboard-means = Texts and pictures that you copy can be pasted on their computer, and the other way round.
prompt-show-means = You will see their screen in a window. Nothing on your computer is seen or changed.
prompt-files-means = They can look through your folders, copy files in both directions, and rename or delete files. You see each of these acts and can stop it.
prompt-scripts-means = They can run prepared programs that read and change things on your computer with your rights. You see the text of each one and what it answers.
prompt-information-means = They will see lists of your hardware, disks, network, programs and system messages. They cannot open your files or change anything by this.
prompt-other-user-means = Files, scripts and information then have the rights of that account, which may reach more than yours. It ends on log-off, and at the latest with this session.
prompt-restart-means = Your programs will be closed: save your work first. After you sign in again, this session goes on.
prompt-printing-means = Their printers appear where you print. What you print on them comes out at their place, and only that is sent.
prompt-recording-means = The picture that you share and what is said are kept in a file that can be watched later. You see all the time that it is recorded.
prompt-voice-means = Your microphone is switched on, and everyone in this session who takes part hears you. You can mute yourself or leave the call at any time.
prompt-camera-means = Your camera is switched on, and the agents of this session see its picture. You can stop it at any time.
prompt-code = Only allow if your agent reads you this same code:
prompt-link = Verified: this is the person who sent you the link.
prompt-unproven = It is not proven who this is. Refuse if you are unsure.
prompt-along = Also seen by { $names }
prompt-others = Let the other customers see it too: { $names }
prompt-all = Allow everything in this session without asking again
prompt-warning = Does somebody press you to allow this? Did they call you first? Then refuse. Nobody serious asks for passwords or money.
prompt-allow = Allow
prompt-allow-wait = Allow…
prompt-refuse = Refuse
prompt-countdown = { $seconds ->
    [one] Without an answer, this is refused in 1 second.
   *[other] Without an answer, this is refused in { $seconds } seconds.
}
prompt-mouse = Allow works with the mouse only. Esc refuses.

# The bar while sharing
bar-window = Deskside: sharing
bar-sees = { $name } sees your screen
bar-also = Also seen by { $names }
bar-controls = { $name } controls your computer
bar-paused = Paused: nobody sees your screen
bar-sharing = Your screen is shared
bar-takeback = Take back control
bar-pause = Pause
bar-resume = Resume
bar-stop = Stop
bar-leave = Leave
bar-escape = Esc three times stops everything

## The agent's own screen is shown
showing-lead = Everything on it is seen, this window too.
showing-lead-control = Move your mouse to take control back.
showing-give = Let { $name } control
showing-stop = Stop showing
showing-mine = You show your screen

# News
notice-joined = { $name } joined.
notice-left = { $name } left.
notice-lost = The connection to { $name } is lost. Reconnecting…
notice-back = { $name } is connected again.
notice-handed-over = { $from } handed over to { $to }, who leads this session now.
notice-allow-all-goes-on = You allowed everything for this session: this holds for { $name } now. You can take it back at any time.
notice-now-helped = { $name } is helped now.
notice-watches = { $name } sees your screen too, along with your agent.
notice-watches-mine = { $name } sees your screen too.
notice-allowed-view = Allowed: seeing the desktop.
notice-allowed-control = Allowed: mouse and keyboard.
notice-allowed-clipboard = Allowed: sharing what is copied.
notice-allowed-act = Allowed: { $act }.
notice-refused-view = Refused: seeing the desktop.
notice-refused-control = Refused: mouse and keyboard.
notice-refused-clipboard = Refused: sharing what is copied.
notice-refused-act = Refused: { $act }.
notice-no-answer = Nobody answered in time. You can ask again.
notice-no-answer-me = You did not answer in time, so nothing was allowed.
notice-turned-away = { $name } was not let in. { $why }
notice-revoked-view = Seeing the desktop was taken back.
notice-revoked-control = Mouse and keyboard were taken back.
notice-revoked-clipboard = What is copied is not shared any more.
notice-revoked-act = Taken back: { $act }.
notice-taken-back = The customer took control back.
notice-taken-back-me = You have control again.
notice-may-control = You can use mouse and keyboard on { $name }’s screen now.
notice-may-not-control = { $name } took control back.
notice-paused = The picture is paused.
notice-resumed = The picture goes on.
notice-stopped = Sharing has stopped.
notice-server-lost = The server does not answer. The session goes on.
notice-server-back = The server is there again.
notice-log-not-kept = The log of this session cannot be written on this computer: the disk may be full. It is tried again; the other side’s copy goes on.
notice-log-kept = The log of this session is on the disk again, all of it.
console-copied = Clipboard
copied-ways = Which way what is copied goes
copied-both = What is copied goes both ways
copied-mine-out = Only what I copy, to the agent
copied-theirs-in = Only what the agent copies, to me
copied-from-customer = Only what the customer copies arrives here
copied-to-customer = Only what you copy arrives at the customer
copied-off = What is copied goes nowhere for now
notice-monitor-gone = The monitor { $monitor } is not there any more. { $instead } is shared instead, until it is back.
notice-monitor-back = The monitor { $monitor } is back, and shared again.
notice-close = Dismiss

# The end
ended-left = You left the session
ended-left-lead = Nobody sees or controls your computer.
ended-left-agent-lead = The others stay connected without you.
ended-by-me = You ended the session
ended-by-me-lead = Everyone was disconnected, and the number no longer works.
ended-by-agent = The agent ended the session
ended-by-agent-lead = Nobody sees or controls your computer any more.
ended-expired = The session has expired
ended-expired-lead = Nobody came, or nobody came back, in time. Ask for a new number.
ended-expired-agent-lead = Nobody came, or nobody came back, in time. Start a new session.
ended-not-trusted = The connection was not safe
ended-not-trusted-lead = It could not be proven who is on the other side, so Deskside refused the connection. Nothing was shared. Ask for a new number or link by another way.
ended-home-customer = Join another session
ended-home-agent = Back to the start
ended-quit = Close Deskside
ended-receipt = Save a receipt
ended-receipt-lead = A page that says in plain words what was allowed and done.
ended-receipt-saved = The receipt is saved: { $file }

# What went wrong, and what to do
problem-number = This is not a session number.
problem-number-do = It has nine digits, like 123 456 789. You can also paste the link that you were sent.
problem-empty = The number is missing.
problem-empty-do = Type the nine digits that your agent gives you.
problem-no-session = There is no open session with this number.
problem-no-session-do = Check the digits. Numbers expire after a while: ask your agent for a new one.
problem-tries = Too many tries.
problem-tries-do = { $seconds ->
    [one] Wait 1 second, then try again.
   *[other] Wait { $seconds } seconds, then try again.
}
problem-tries-minutes = { $minutes ->
    [one] Wait 1 minute, then try again.
   *[other] Wait { $minutes } minutes, then try again.
}
problem-password = User name or password is wrong.
problem-password-do = Check both; capital letters matter.
problem-signed-out = You are signed out.
problem-signed-out-do = Your sign-in has ended. Sign in again; sessions that run go on meanwhile.
problem-server-down = The server { $server } does not answer.
problem-server-down-do = Check your internet connection, then try again.
problem-server-trust = The server { $server } cannot be trusted.
problem-server-trust-do = Its certificate does not fit, or it is no Deskside server. Check the address, and do not go on if you are unsure.
problem-version = The server speaks another version ({ $version }).
problem-version-do = Update Deskside on this computer. If that does not help, ask whoever runs the server to update it.
problem-trust-secret = The other side does not know the secret of the link.
problem-trust-secret-do = Ask for a new link by a way that you trust.
problem-trust-signature = The connection is not genuine: somebody may be in the middle.
problem-trust-signature-do = Nothing was shared. Try from another network, with a new number.
problem-trust-key = Somebody else answered than the person announced.
problem-trust-key-do = Nothing was shared. Call your contact on a number that you know.
problem-trust-version = The other side speaks another version ({ $version }).
problem-trust-version-do = Update Deskside on both computers.
problem-trust-garbage = The other side did not answer like Deskside.
problem-trust-garbage-do = Nothing was shared. Try again with a new number.
problem-display = This computer has no screen that can be shared.
problem-display-do = Sign in to a desktop, then start Deskside there.
problem-command = This is not possible now.
problem-other = Something went wrong.
problem-detail = Details: { $detail }

# Queues
problem-queue-name = This is not the name of a queue.
problem-queue-name-do = It has small letters a to z, digits and hyphens, at most 32. You can also paste the link that you were given.
problem-queue-full = So many people are waiting that the line is full.
problem-queue-full-do = Try again in a minute.
problem-transfer-gone = This session is not on offer any more.
problem-transfer-gone-do = A colleague was faster, or the offer was taken back.
problem-no-queue = There is no queue with this name.
problem-no-queue-do = Check the name or the link that you were given.
problem-too-many-sessions = You have as many sessions as your organisation allows at once.
problem-too-many-sessions-do = End one of them first.
problem-nobody-waits = Nobody waits there.
problem-nobody-waits-do = Another agent was faster, or the customer left.
queue-title = You are in line
queue-lead = { $organisation }: { $title }
queue-place = Your place in line
queue-next = You are next. The session starts by itself.
queue-before = { $before ->
    [one] One person is before you. The session starts by itself when an agent is free.
   *[other] { $before } people are before you. The session starts by itself when an agent is free.
}
queue-safe = Leave this window open. Nothing of your computer is shown to anybody before you allow it.
queue-leave = Leave the line

# The log of acts, on the command line and in the receipt
log-date = { $year }-{ $month }-{ $day }, { $hour }:{ $minute } UTC
log-duration = { $minutes } min { $seconds } s
log-list = { $when }  { $number }  { $name } – { $helpers } ({ $state })
log-none = There is no log here yet.
log-closed = ended
log-open = without an end
log-right = Every line of this log of session { $number } is right ({ $count ->
    [one] one entry
   *[other] { $count } entries
}).
log-signed = Signed by both sides: { $count } of { $all } entries. The others are signed by the customer’s side alone.
log-signed-all = Both sides signed every entry.
log-disputed = The agent’s side says of { $count ->
    [one] one entry that it is
   *[other] { $count } entries that they are
} not so.
log-whole = The log is closed: nothing was cut off at its end.
log-no-end = The log has no end: the session still ran, its program was killed, or the end was cut off. Compare it with the other side’s copy.
log-fingerprint = Fingerprint of the log: { $fingerprint }
log-wrong = Line { $line } is wrong: { $why }
log-malformed = it was changed, or is not a line of a log.
log-too-long = it is longer than a line may be.
log-torn = it is torn; its end is missing.
log-beginning = a log does not begin like this.
log-order = entry { $found } stands where entry { $expected } should be; something was dropped or moved.
log-previous = it does not follow the entry before it; something was dropped, moved or changed.
log-signature = it is not signed by the customer’s program that wrote the log.
log-answer = the agent’s signature does not fit.
log-close = the end does not fit what is before it.
log-other = The other copy is of another session or customer.
log-differs = The two copies say different things from entry { $serial } on.
log-cut = The end was cut off: the other copy has { $count ->
    [one] one entry
   *[other] { $count } entries
} more.
log-ended-before = The two copies agree. This side left before the last { $count ->
    [one] entry
   *[other] { $count } entries
} of the other copy.
log-same = The two copies agree in every entry.
log-more = The two copies agree. This one has { $count ->
    [one] one entry
   *[other] { $count } entries
} more.
log-unreadable = { $file } cannot be read: { $detail }
log-unwritable = { $file } cannot be written: { $detail }
log-receipt-saved = The receipt is in { $file }

receipt-title = Receipt of a support session
receipt-organisation = Organisation: { $organisation }
receipt-number = Session: { $number }
receipt-customer = Customer: { $name }
receipt-when = From { $begin } to { $end } ({ $duration })
receipt-helpers = Who helped
receipt-helper = { $name }: { $role }, from { $since }; { $proof }
receipt-led = led the session
receipt-assisted = assisted
receipt-by-link = identity verified by the secret in the invitation link
receipt-by-code = identity shown by a code of six digits for both people to compare
receipt-allowed = What the customer allowed
receipt-all = Everything, without further questions
receipt-count = { $what } ({ $count ->
    [one] once
   *[other] { $count } times
})
receipt-refused = What the customer refused or did not answer
receipt-seen = When the screen was seen
receipt-control = When mouse and keyboard were used
receipt-shown = Other customers who could see it: { $names }
receipt-total = { $duration } in all
receipt-period = from { $begin } to { $end } ({ $duration })
receipt-nothing = Nothing
receipt-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
receipt-end = How it ended
receipt-left = The customer left the session.
receipt-ended = The agent ended the session.
receipt-expired = The session expired.
receipt-not-trusted = The connection could not be trusted, and was ended.
receipt-closed = The agent ended the session, or left it.
receipt-no-end = This log does not say how the session ended.
receipt-resumed = The customer’s program was started again during the session.
receipt-full = So much happened that not all of it could be written down.

# Notes
notes = Notes
notes-hint = For you and your colleagues; the customer does not see it.
notes-last = Notes of this session
notes-loading = Asking the server…
notes-saved = Saved
notes-saving = Saving…
notes-too-long = Too long to be saved. Shorten it.

# Transfer
transfer = Transfer…
transfer-title = Transfer this session
transfer-lead = Your customer stays connected. The first who takes it leads, and you leave.
transfer-nobody = There is no queue and no colleague.
transfer-queue = Queue
transfer-message = Message for whoever takes it
transfer-offer = Offer
transfer-offered = Offered. Nobody has taken it yet.
transfer-taken = Taken. Control is handed over…
transfer-withdraw = Withdraw the offer
transfer-returned-time = Nobody took the session in time. It is still yours.
transfer-returned = The transfer did not succeed. The session is still yours.
transfer-refused-primary = Only who leads the session can transfer it.
transfer-refused-under-way = It is being transferred already.
transfer-refused-target = This queue or colleague is not there any more.
transfer-refused = The server refused the transfer.

hide = Hide windows…
hide-window = Hidden windows
hide-title = What nobody sees
hide-lead = These windows are covered before your picture leaves this computer. Who watches reads that something is hidden, not what.
hide-open = Open windows
hide-open-none = No other window is open.
hide-open-unknown = The windows cannot be listed on this computer.
hide-refresh = Look again
hide-with-program = Hidden with { $program }
hide-all-of = All of { $program }
hide-programs = Programs
hide-programs-lead = All their windows, with menus and questions. This choice is kept.
hide-close = Done
hide-something = Hidden windows are covered
hide-seen = Some windows are hidden from you
hide-impossible = Windows cannot be hidden on this computer
hide-impossible-lead = Close what nobody is to see, password managers too, or pause the picture meanwhile.

scope-desktop = The whole screen
scope-program = Only the applications that I choose
scope-one = One application only
scope-minimised = One application only: it is minimised
scope-closed = What was shared is closed: nothing is shared
scope-widen = Share the whole screen
scope-several = { $count } applications only
scope-shared = Shared applications
scope-add = Add an application
scope-add-these = Share too
scope-add-cancel = Cancel
scope-remove = Stop sharing { $name }
app-minimised = Minimised
app-closed = Closed
app-aside = Not in the picture
picker-none = No application is open that could be shared.
picker-unknown = Applications cannot be listed on this computer.
picker-nameless = An application without a name
picker-minimised = minimised
picker-full = At most { $most } applications can be shared at once.
app-all = All
app-all-hint = All shared applications, where they are on the screen
app-each = Each in its own window
app-each-hint = Opens a window for each shared application, also for those that are added later
app-open = Open in its own window
app-apart = In its own window
app-window = { $name } - { $customer } - Deskside

## Applications that are started to be shared, and the one from which one came

start-program = Start another application…
start-back = Back to the open applications
start-search = Search installed applications
start-none = The installed applications cannot be listed on this computer.
start-none-fits = No installed application fits these words.
start-waiting = { $program } is starting…
start-no-window = { $program } showed no window. Nothing of it is shared.
start-failed = { $program } could not be started.
came-from = Only the application from which you came
came-from-window = { $title } ({ $program }): all its windows are seen
came-from-share = Share only { $title }
came-from-program = { $program }: all its windows are seen
show-title = What do you want to show?
show-lead = The customer is asked first, and sees only what you choose here.
show-ask = Ask to show

## Files
ask-copied-files = Ask to copy files
what-copied-files = copying files
what-send-files = sending files
act-copied-files = Copy files and folders
act-send-files = Send you files
prompt-copied-files = asks to copy files
prompt-send-files = asks to send you files
prompt-copied-files-means = Files and folders that you copy can be pasted on their computer, and the other way round. Nothing goes before somebody pastes. Who controls your computer can copy any file.
prompt-send-files-means = These files go into your Downloads folder; nothing there is replaced. Open them only if you expect them.
files-first-of = { $name } ({ $count } files in all)
files-to = To { $name }: { $done } of { $all }
files-from = From { $name }: { $done } of { $all }
files-in-downloads = In your Downloads folder, { $size }
files-drop = Drop the files to send them to { $name }
files-stop = Stop
files-close = Close
files-open = Open the folder
files-more = and { $count } more
files-all = { $count ->
    [0] Only folders
    [one] One file, { $size }
   *[other] { $count } files, { $size }
}
files-came = { $count ->
    [one] { $name } came.
   *[other] { $name }: { $count } files came.
}
files-sent = { $count ->
    [one] { $name } was sent.
   *[other] { $name }: { $count } files were sent.
}
files-skipped = { $count ->
    [one] One link or device was left out.
   *[other] { $count } links or devices were left out.
}
files-not-come = { $name } did not come.
files-not-sent = { $name } was not sent.
files-cancelled = It was stopped.
files-not-allowed = It is not allowed now.
files-gone = It is not offered any more: copy it again.
files-changed = { $name } was changed meanwhile: copy it again.
files-unreadable = { $name } cannot be read.
files-disk-full = The disk is full.
files-unwritable = It cannot be written to the disk.
files-wrong = It arrived damaged: try again.
files-lost = The connection was lost: try again.
files-too-many = Too many transfers run at once: wait for one of them.
files-other = Something went wrong: try again.
files-not-offered = These files cannot be sent: there are more than 10,000 of them, or one cannot be read. Put them into an archive.
size-point = .
size-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
size-kilobytes = { $n } kB
size-megabytes = { $n } MB
size-gigabytes = { $n } GB
size-terabytes = { $n } TB
receipt-files = Files
receipt-files-sent = { $when }: { $count } files from your computer, { $size }
receipt-files-came = { $when }: { $count } files to your computer, { $size }
