# The portal's pages, English. The French file has the same keys.

page-skip = Skip to the content
page-kind = Remote help
page-languages = Languages
page-home = Go to the start page
page-missing = This page does not exist
page-missing-more = The address may be mistyped, or what was here is over.

# Start page
home-title = Get help on your computer
home-lead = Type the number that your agent gives you.
home-number = Session number
home-button = Continue
home-wrong = That is not a session number: it has nine digits. Ask your agent to read it out again.
home-safety = Go on only if you asked for help yourself. If somebody called you and presses you to do this, hang up.
home-steps = How it works
home-step-1 = Your agent gives you a number
home-step-1-more = By phone or in a message, as a link. It is good for this one session.
home-step-2 = You open Deskside on this computer
home-step-2-more = The next page says how. It is the same program for everyone, and needs no account.
home-step-3 = You decide what happens
home-step-3-more = Nobody sees or touches anything before you allow it, and you can stop it at any moment.

# Page of a session
join-title = Join the session
join-number = Session number
join-lead = You go on in the Deskside program on this computer.
join-open = Open Deskside
join-link = Or paste your link into Deskside instead of the number:
join-command = In a terminal:
join-copy = Copy
join-copied = Copied
join-type = Start Deskside on this computer and type the number above.
join-secret = Your link carries the session's secret. It stays on this computer, so that nobody else can step in between, not even this server.
join-next = What happens then
join-next-1 = Your agent asks, you answer
join-next-1-more = To see your screen, to control it, to send a file: each is asked for by name, and no answer means no.
join-next-2 = You see it all the time
join-next-2-more = A frame and a small bar show who sees your screen and who controls it.
join-next-3 = You can stop at once
join-next-3-more = Press Escape three times, or click Stop. Moving your own mouse takes control back.
join-other = I have another number

# Page of a queue
queue-title = Wait for an agent
queue-lead = You wait in line in the Deskside program on this computer. The session starts by itself when an agent is free.
queue-link = Paste this link into Deskside where it asks for a number:
queue-other = I have a number

# Set-up
setup-title = Make the first admin account
setup-lead = This page is there once. When the account is made, it is gone for good.
setup-token = Set-up token
setup-token-hint = The server printed it when it started.
setup-name = Name
setup-name-hint = You sign in with it, and customers see it.
setup-password = Password
setup-password-hint = At least ten characters. A sentence of your own is a good one.
setup-button = Make the account
setup-wrong-token = The token is not right. The server printed it when it was last started.
setup-weak = The password needs at least ten characters, and the name from 1 to 64 characters without special signs.
setup-wait = Too many tries. Wait { $seconds } seconds, then try again.
setup-busy = The server cannot do this at the moment. Try again.
setup-done = The account is made
setup-done-more = { $name } can sign in now with the Deskside program, under “I am an agent”.
