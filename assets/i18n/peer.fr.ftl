# Les fenêtres du poste, en français. Mêmes clés que le fichier anglais.

app-name = Deskside
# In place of the name of a customer who gave none.
nameless = Client

# Rejoindre
join-title = Obtenir de l’aide
join-lead = Saisissez le numéro que vous donne votre conseiller.
join-number = Numéro de session
join-hint = 000 000 000
join-link = Lien avec son secret
join-button = Rejoindre
join-busy = Connexion…
join-cancel = Annuler
join-agent = Accès des conseillers
join-safety = Continuez seulement si c’est vous qui avez demandé de l’aide. Deskside ne vous appelle jamais.

# Se connecter
signin-title = Se connecter
signin-lead = Pour les conseillers qui ont un compte sur ce serveur.
signin-server = Serveur
signin-name = Nom d’utilisateur
signin-password = Mot de passe
signin-show = Afficher le mot de passe
signin-hide = Masquer le mot de passe
signin-button = Se connecter
signin-busy = Connexion…
signin-back = Retour

# Le conseiller sans session
home-hello = Bonjour, { $name }
home-lead = Vous recevez un numéro et un lien pour votre client.
home-start = Ouvrir une session
home-starting = Ouverture…
home-signout = Se déconnecter
home-assist = Aider un collègue
home-assist-number = Numéro de la session d’un collègue
home-assist-hint = numéro ou lien
home-assist-button = Entrer comme assistant
home-assist-lead = Vous voyez ce que voit votre collègue dès qu’il vous le permet.

# L’accueil du conseiller
desk-queues = Qui attend
desk-loading = Le serveur est interrogé…
desk-down = Le serveur ne répond pas.
desk-down-do = Voici ce qui était connu en dernier. Deskside réessaie tout seul.
desk-no-queues = Vous ne servez aucune file
desk-no-queues-do = La personne qui gère votre serveur peut vous y ajouter. Vous pouvez ouvrir une session à tout moment.
desk-nobody-waits = Personne n’attend
desk-waiting = { $count ->
    [one] 1 client attend
   *[other] { $count } clients attendent
}
desk-more = { $count ->
    [one] et 1 autre
   *[other] et { $count } autres
}
desk-take = Prendre
desk-take-name = Prendre { $name }
desk-take-next = Au suivant
desk-take-next-of = Prendre le client suivant de { $queue }
desk-offline = connexion perdue
desk-since-minutes = { $minutes } min
desk-since-hours = { $hours } h
desk-offers = On vous transmet
desk-offer-from = de { $name } · { $since }
desk-offer-message = « { $text } »
desk-offer-take = Prendre la suite
desk-nobody = pas encore de client
desk-colleagues = Collègues
desk-no-colleagues = Personne d’autre n’est là.
desk-free = libre
desk-busy = en session
desk-away = absent

# La barre des sessions du conseiller
tab-desk = Accueil
tab-entering = connexion
tab-empty = personne n’est encore venu
tab-running = en cours
tab-lost = connexion perdue, elle revient toute seule
tab-ended = terminée

# La session du conseiller
session-number = Session { $number }
session-invite = Invitez votre client
session-invite-lead = Lisez ce numéro à votre client ou envoyez-lui le lien.
session-copy-number = Copier le numéro
session-copy-link = Copier le lien
session-copied = Copié
session-tell = Que dire à votre client
session-tell-1 = Ouvrez Deskside, ou { $server } dans un navigateur.
session-tell-2 = Saisissez le numéro { $number }, puis « Rejoindre ».
session-tell-3 = Deskside demande votre accord avant que l’on voie ou touche quoi que ce soit.
session-link-better = Le lien prouve à lui seul qui est qui. Avec le numéro, vous comparez un code court.
session-waiting = En attente de votre client…
session-people = Dans cette session
session-alone = Personne d’autre pour l’instant.
session-chat = Discussion
session-leave = Quitter
session-end = Terminer
session-end-title = Terminer cette session ?
session-end-body = Elle se termine pour tous, et son numéro n’est plus valable.
session-end-yes = Terminer
session-leave-title = Quitter cette session ?
session-leave-agent = Les autres restent connectés. Vous pouvez revenir avec le numéro.
session-leave-primary = { $name } mène la session à partir de maintenant, et les autres restent connectés. Vous pourrez revenir avec le numéro.
session-leave-customer = Plus personne ne verra ni ne contrôlera votre ordinateur.
session-leave-yes = Quitter
session-stay = Rester
session-quit-title = Fermer Deskside ?
session-quit-body = Vous quittez la session en cours.
session-quit-agent = Vous quittez vos sessions. Celles qu’aucun autre conseiller ne peut mener se terminent pour tous.
session-quit-yes = Fermer
session-server-down = Le serveur ne répond pas. La session continue ; Deskside se reconnecte de lui-même.

ready-title = { $name } est là
ready-lead = Demandez avant de regarder : { $name } voit votre question et décide.
ready-code-first = Comparez d’abord le code affiché à droite avec { $name }.
ready-connecting-title = { $name } arrive…
ready-connecting-lead = La connexion sécurisée s’établit.
ready-lost-title = La connexion avec { $name } est perdue
ready-lost-lead = Deskside se reconnecte de lui-même.
ready-refused-title = La connexion avec { $name } a été refusée

# Les personnes
role-primary = Conseiller
role-assistant = Assistant
role-customer = Client
link-connecting = Connexion…
link-direct = Connexion directe
link-relayed = Connexion par un relais
link-secure = Connecté
link-lost = Connexion perdue, reconnexion…
link-refused = Refusé
verified-link = Vérifié par le lien
code-label = Code { $code }
code-ask-customer = Demandez à { $name } de vous lire ce code. Il doit être le même.
code-ask-agent = Comparez-le avec le code que vous lit { $name }. Il doit être le même.
person-more = Plus sur { $name }
person-helped = Reçoit l’aide en ce moment
person-watches = Voit aussi l’image
person-help = Aider { $name } maintenant
person-help-hint = Les autres attendent dans cette session.
person-hand-over = Passer la main à { $name }
person-hand-over-hint = Vous restez comme assistant.
person-admit = Laisser { $name } regarder
person-admit-hint = Le client en est averti et peut l’interdire.
person-admit-customer-hint = Rien n’est visible tant que le client que vous aidez n’accepte pas.
person-may-watch = Verra l’image si { $name } l’accepte
person-dismiss = Ne plus laisser { $name } regarder
person-dismiss-hint = La discussion et la session continuent.
hand-over-title = Passer la main à { $name } ?
hand-over-body = { $name } mène désormais la session, et vous restez comme assistant. Le partage, les transferts de fichiers, la vidéo et l’enregistrement s’arrêtent ; un appel continue. { $name } redemande l’accord du client.
hand-over-yes = Passer la main
help-title = Aider { $name } maintenant ?
help-body = Tout partage s’arrête : le bureau affiché, le contrôle, les fichiers, la vidéo et l’enregistrement. Un appel continue.
help-yes = Aider { $name }
dialog-cancel = Annuler
assist-leads = { $name } mène cette session
assist-watches = Vous assistez. Dès qu’un bureau est partagé, vous le voyez aussi.
assist-waits = Vous assistez. Vous ne voyez pas le bureau tant que { $name } ne vous laisse pas regarder.
assist-nobody = Personne ne mène cette session
assist-nobody-lead = Elle continue dès que son conseiller est de retour.

# Demander
ask-view = Demander à voir le bureau
ask-control = Demander le contrôle
ask-clipboard = Demander le presse-papiers
ask-show = Montrer mon écran
ask-cancel = Annuler la demande
ask-waiting-view = En attente de la réponse de { $name } : voir le bureau…
ask-waiting-control = En attente de la réponse de { $name } : contrôle…
ask-waiting-clipboard = En attente de la réponse de { $name } : presse-papiers…
ask-waiting-act = En attente de la réponse de { $name } : { $act }…
what-show = montrer son propre bureau
what-files = fichiers
what-scripts = exécution de scripts
what-information = informations sur l’ordinateur
what-other-user = travail sous un autre compte
what-restart = redémarrage de l’ordinateur
what-printing = impression depuis l’ordinateur
what-recording = enregistrement de la session
what-voice = appel vocal
what-camera = caméra
release-control = Rendre le contrôle
stop-sharing = Arrêter le partage

# Les onglets à côté de l’image
console-session = Session
console-customer = Client
console-move = Faites-le glisser ailleurs
console-left = Déplacer à gauche
console-right = Déplacer à droite
console-number = Numéro
console-link = Invitation
console-organisation = Organisation
console-leads = Menée par
console-you = Vous
console-nobody = Personne
console-people = Participants
console-sharing = Partage
console-sharing-none = Rien n’est partagé.
console-granted = Autorisé
console-granted-none = Rien.
console-server = Serveur
console-server-up = Connecté
console-server-down = Ne répond pas
console-customer-none = Aucun client pour l’instant.
console-name = Nom
console-identity = Identité
console-code = Code { $code }, à comparer
console-connection = Connexion
list-view = Voir le bureau
list-control = Souris et clavier
list-clipboard = Textes et images copiés

# La fenêtre réduite à une barre
compact = Réduire la fenêtre à une barre
compact-back = Revenir à la fenêtre entière

# Les touches
keys = Toutes les touches
keys-close = Fermer
keys-everywhere = Partout
keys-everywhere-lead = Tab et Maj + Tab mènent à chaque bouton, Entrée l’actionne.
keys-console = Dans une session
keys-console-lead = Elles agissent aussi pendant que vous écrivez.
keys-picture = Dans l’image
keys-picture-lead = Quand vous contrôlez, les touches vont à l’autre ordinateur après un clic dans l’image. Un clic à côté les ramène. Si « Touches » est actif, la touche Ctrl de droite seule libère les combinaisons, et une fois de plus toutes les touches.
keys-type = Écrire dans l’image, avec « Touches »
keys-draw = Dessiner sur l’image, ou contrôler de nouveau
keys-larger = Agrandir l’image
keys-smaller = Réduire l’image
keys-back = La session précédente
keys-on = La session suivante
keys-go = L’accueil, ou la session à cette place
keys-left = Déplacer l’onglet à gauche
keys-right = Déplacer l’onglet à droite
keys-panel = Afficher ou masquer le panneau latéral
keys-compact = Petite barre, et retour
key-ctrl = Ctrl
key-shift = Maj
key-page-up = Page préc.
key-page-down = Page suiv.
key-plus = plus
key-minus = moins

# La vue
viewer-viewing = Vous regardez
viewer-controlling = Vous contrôlez
viewer-other-controls = { $name } contrôle
viewer-fit = Ajuster
viewer-fit-hint = Ajuster l’image à la fenêtre
viewer-one = 1:1
viewer-one-hint = Pixel par pixel, avec défilement
viewer-zoom = Taille de l’image
viewer-zoom-hint = Taille de l’image : Ctrl + molette au-dessus, ou Ctrl + plus et moins
viewer-percent = { $percent } %
viewer-full = Plein écran
viewer-window = Quitter le plein écran
viewer-coder = Image
viewer-coder-auto = Automatique
viewer-coder-tiles = Nette (tuiles)
viewer-coder-h264 = Vidéo (H.264)
viewer-coder-now = En service : { $coder }
viewer-monitors = Écrans
viewer-monitor-all = Tous les écrans
viewer-monitor = { $name } ({ $width } × { $height })
viewer-shortcuts = Envoyer
viewer-super = Super (touche Windows)
viewer-print = Impr. écran
viewer-console = Consoles (Ctrl + Alt + F1 à F12)
viewer-grab = Touches
viewer-grab-on = Les combinaisons de touches vont à l’autre ordinateur
viewer-grab-off = Les combinaisons de touches restent sur cet ordinateur
viewer-stop = Arrêter
viewer-size = { $width } × { $height }
viewer-paused = { $name } a mis l’image en pause
viewer-paused-lead = Elle reprend dès que { $name } le veut.
viewer-first = En attente de la première image…
viewer-first-lead = Elle apparaît dès qu’elle arrive.
viewer-lost = Connexion perdue
viewer-lost-lead = Deskside se reconnecte de lui-même ; l’image va revenir.
viewer-picture = Bureau de { $name }
viewer-panel-hide = Masquer le panneau latéral
viewer-panel-show = Afficher le panneau latéral

# La qualité de l’image
quality-auto = Automatique
quality-auto-hint = L’image la plus nette que permet la ligne
quality-sharper = Plus nette
quality-sharper-hint = Chaque pixel exact, moins d’images si la ligne est lente
quality-faster = Plus rapide
quality-faster-hint = Ce qui bouge devient flou plus tôt, pour arriver plus tôt
quality-colours = Couleurs
quality-full = Toutes les couleurs
quality-16bit = 65 536 couleurs (16 bits)
quality-256 = 256 couleurs
customer-quality = Image de votre écran
customer-quality-now = Image : { $quality }

# Le dessin
draw = Dessiner
draw-hint = Dessiner sur l’image, pour tous ceux qui la voient
draw-off = Ne plus dessiner
draw-forbidden = Personne ne peut dessiner sur cet écran pour le moment
draw-pen = Stylo
draw-highlighter = Surligneur
draw-line = Ligne
draw-arrow = Flèche
draw-rectangle = Rectangle
draw-ellipse = Ellipse
draw-text = Texte : cliquer, puis écrire ; Entrée le termine
draw-pointer = Pointeur avec votre nom
draw-eraser = Gomme
draw-red = Rouge
draw-orange = Orange
draw-yellow = Jaune
draw-green = Vert
draw-blue = Bleu
draw-violet = Violet
draw-black = Noir
draw-white = Blanc
draw-thin = Fin
draw-medium = Moyen
draw-thick = Épais
draw-undo = Annuler
draw-clear-all = Effacer tout ce qui est dessiné
draw-clear-mine = Effacer vos dessins
draw-save = Enregistrer l’image avec les dessins
draw-saved = Enregistrée : { $path }
draw-here = Dessiner sur mon écran
draw-clear = Effacer les dessins
draw-forbid = Interdire de dessiner sur mon écran
draw-allow = Permettre de dessiner sur mon écran
screen-takeback = Reprendre le contrôle de mon écran
screen-pause = Mettre mon écran en pause
screen-resume = Partager mon écran à nouveau
screen-draw = Dessiner
screen-no-drawing = Vous ne laissez personne dessiner sur votre écran
screen-cannot-draw = Dessiner à l’écran n’est pas encore possible sur ce système
screen-more = Plus
screen-more-name = Plus, pour mon écran
screen-hide-hint = Ce qui est masqué n’est vu par personne

trouble-no-display = L’ordinateur du client n’a pas d’écran à partager.
trouble-no-display-do = Demandez au client d’ouvrir une session de bureau, puis redemandez.
trouble-capture-denied = Le système du client ne permet pas de partager l’écran.
trouble-capture-denied-do = Demandez au client d’autoriser le partage d’écran dans les réglages du système.
trouble-capture-failed = L’image de l’écran ne peut pas être prise.
trouble-capture-failed-do = Arrêtez le partage et redemandez.
trouble-input-denied = Le système du client ne permet pas le contrôle à distance.
trouble-input-denied-do = Vous pouvez continuer à regarder. Demandez au client d’autoriser le contrôle à distance dans les réglages du système.
trouble-input-failed = La souris et le clavier n’atteignent pas l’ordinateur du client.
trouble-input-failed-do = Rendez le contrôle et redemandez-le.
trouble-system-prompt = Une demande de Windows est ouverte chez le client, ou l’écran est verrouillé.
trouble-system-prompt-do = Seule la personne sur place peut la voir et y répondre. L’image revient ensuite d’elle-même.

# Discussion
chat-empty = Aucun message.
chat-placeholder = Écrire un message…
chat-send = Envoyer
chat-me = Moi
chat-pending = Pas encore reçu
chat-too-long = Ce message est trop long.
chat-full = Trop de messages attendent une personne qui n’est pas connectée. Celui-ci n’a pas été envoyé.
chat-everyone = Tous
chat-only = Seulement vous deux
chat-conversation = Conversation : { $name }, { $count } non lus ailleurs
chat-unread = { $count ->
    [one] { $count } nouveau message
   *[other] { $count } nouveaux messages
}
chat-private = Seuls vous et { $name } lisez ceci
chat-kept = { $organisation } enregistre ce qui est dit à tous
chat-link = Ouvrir une page de { $host }
chat-link-title = Ouvrir cette page dans votre navigateur ?
chat-link-warning = Ne l’ouvrez que si vous l’attendiez. Personne de sérieux n’y demande de mot de passe ni d’argent.
chat-link-open = Ouvrir
chat-placeholder-private = À { $name } seulement…
phrases = Phrases enregistrées
phrases-none = Aucune phrase enregistrée pour l’instant.
phrases-mine = Les miennes
phrases-site = Pour tous
phrases-keep = Enregistrer ce que j’ai écrit
phrases-keep-hint = Le message du champ devient une de mes phrases.
phrases-manage = En supprimer…
phrases-done = Terminé
phrases-remove = Supprimer : { $phrase }
ago-now = à l’instant
ago-minutes = il y a { $minutes } min
ago-hours = il y a { $hours } h
ago-days = { $days ->
    [one] hier
   *[other] il y a { $days } jours
}

# La session du client
customer-nobody = En attente du conseiller…
customer-nobody-lead = Gardez cette fenêtre ouverte. Votre conseiller arrive dans un instant.
customer-permissions = Ce que vous avez autorisé
customer-nothing = Rien. Le conseiller peut seulement discuter avec vous.
customer-allow-all = Tout est autorisé sans demander, jusqu’à ce que vous le repreniez.
customer-revoke = Reprendre
customer-revoke-act = Reprendre : { $act }
customer-revoke-all = Tout reprendre
customer-leave = Quitter la session
customer-escape = Appuyez trois fois sur Échap pour tout arrêter d’un coup.
customer-organisation-of = de { $organisation }
customer-assistant-of = Assistant, { $organisation }
customer-sees = Voit aussi votre écran
customer-would-see = Verra ce que vous partagez
customer-excluded = Ne voit pas ce que vous partagez
customer-exclude = Empêcher { $name } de regarder
customer-include = Laisser { $name } regarder de nouveau
customer-show = Montrer mon écran à { $name }
customer-hide = Cacher mon écran à { $name }
customer-shares = Vous voyez cet écran
customer-may-control = Vous pouvez contrôler cet écran

act-view = Voir votre écran
act-control = Utiliser votre souris et votre clavier
act-clipboard = Partager ce qui est copié
act-show = Vous montrer son écran
act-files = Lire et modifier vos fichiers
act-scripts = Exécuter des scripts sur votre ordinateur
act-information = Lire les informations sur votre ordinateur
act-other-user = Travailler sous un autre compte sur votre ordinateur
act-restart = Redémarrer votre ordinateur
act-printing = Vous laisser imprimer sur son imprimante
act-recording = Enregistrer cette session
act-voice = Parler avec vous
act-camera = Voir votre caméra

# La question au client
prompt-window = Deskside vous demande
prompt-view = demande à voir votre écran
prompt-control = demande à utiliser votre souris et votre clavier
prompt-clipboard = demande à partager ce qui est copié
prompt-show = demande à vous montrer son écran
prompt-files = demande à ouvrir vos fichiers
prompt-scripts = demande à exécuter des scripts sur votre ordinateur
prompt-information = demande à lire les informations sur votre ordinateur
prompt-other-user = demande à travailler sous un autre compte sur votre ordinateur
prompt-restart = demande à redémarrer votre ordinateur
prompt-printing = demande à installer son imprimante sur votre ordinateur
prompt-recording = demande à enregistrer cette session
prompt-voice = demande à parler avec vous
prompt-camera = demande à voir votre caméra
prompt-from = de { $organisation }
prompt-view-means = Cette personne verra tout ce que montre votre écran, comme vous. Elle ne pourra ni cliquer ni taper.
prompt-control-means = Cette personne verra votre écran et pourra cliquer et taper comme vous. Vous pouvez reprendre la main à tout moment : bougez simplement votre souris.
prompt-clipboard-means = Les textes et les images que vous copiez pourront être collés sur son ordinateur, et inversement.
prompt-show-means = Vous verrez son écran dans une fenêtre. Rien sur votre ordinateur ne sera vu ni modifié.
prompt-files-means = Cette personne pourra parcourir vos dossiers, copier des fichiers dans les deux sens, en renommer et en supprimer. Vous verrez chacun de ces actes et pourrez l’arrêter.
prompt-scripts-means = Cette personne pourra lancer des programmes préparés qui lisent et modifient votre ordinateur avec vos droits. Vous verrez le texte de chacun et sa réponse.
prompt-information-means = Cette personne verra la liste de votre matériel, de vos disques, du réseau, des programmes et des messages du système. Elle ne pourra ni ouvrir vos fichiers ni rien modifier par ce moyen.
prompt-other-user-means = Les fichiers, les scripts et les informations auront alors les droits de ce compte, qui peuvent dépasser les vôtres. Cela cesse à la déconnexion du compte, au plus tard à la fin de la session.
prompt-restart-means = Vos programmes seront fermés : enregistrez d’abord votre travail. Quand vous aurez rouvert votre session, l’assistance reprendra.
prompt-printing-means = Ses imprimantes apparaîtront là où vous imprimez. Ce que vous y imprimez sort chez cette personne, et rien d’autre n’est envoyé.
prompt-recording-means = L’image que vous partagez et ce qui est dit seront gardés dans un fichier qui pourra être revu. Vous verrez à tout moment que l’enregistrement est en cours.
prompt-voice-means = Votre micro sera activé, et les participants de cette session qui prennent part à l’appel vous entendront. Vous pouvez le couper ou quitter l’appel à tout moment.
prompt-camera-means = Votre caméra sera activée, et les conseillers de cette session verront son image. Vous pouvez l’arrêter à tout moment.
prompt-code = N’autorisez que si votre conseiller vous lit exactement ce code :
prompt-link = Vérifié : c’est la personne qui vous a envoyé le lien.
prompt-unproven = Rien ne prouve qui est cette personne. Refusez en cas de doute.
prompt-along = Vu aussi par { $names }
prompt-others = Le montrer aussi aux autres clients : { $names }
prompt-all = Tout autoriser dans cette session sans redemander
prompt-warning = Quelqu’un vous presse d’autoriser ? Vous a-t-on appelé en premier ? Alors refusez. Personne de sérieux ne demande de mot de passe ni d’argent.
prompt-allow = Autoriser
prompt-allow-wait = Autoriser…
prompt-refuse = Refuser
prompt-countdown = { $seconds ->
    [one] Sans réponse, ce sera refusé dans { $seconds } seconde.
   *[other] Sans réponse, ce sera refusé dans { $seconds } secondes.
}
prompt-mouse = Autoriser se fait avec la souris seulement. Échap refuse.

# La barre pendant le partage
bar-window = Deskside : partage
bar-sees = { $name } voit votre écran
bar-also = Vu aussi par { $names }
bar-controls = { $name } contrôle votre ordinateur
bar-paused = En pause : personne ne voit votre écran
bar-sharing = Votre écran est partagé
bar-takeback = Reprendre le contrôle
bar-pause = Pause
bar-resume = Continuer
bar-stop = Arrêter
bar-leave = Quitter
bar-escape = Échap trois fois arrête tout

## The agent's own screen is shown
showing-lead = Tout y est vu, cette fenêtre aussi.
showing-lead-control = Bougez votre souris pour reprendre le contrôle.
showing-give = Laisser { $name } contrôler
showing-stop = Ne plus montrer
showing-mine = Vous montrez votre écran

# Nouvelles
notice-joined = { $name } a rejoint la session.
notice-left = { $name } a quitté la session.
notice-lost = La connexion avec { $name } est perdue. Reconnexion…
notice-back = { $name } est de nouveau connecté.
notice-handed-over = { $from } a passé la main à { $to }, qui mène maintenant cette session.
notice-allow-all-goes-on = Vous avez tout autorisé pour cette session : cela vaut maintenant pour { $name }. Vous pouvez revenir dessus à tout moment.
notice-now-helped = C’est maintenant { $name } qui est aidé.
notice-watches = { $name } voit aussi votre écran, avec votre conseiller.
notice-watches-mine = { $name } voit aussi votre écran.
notice-allowed-view = Autorisé : voir le bureau.
notice-allowed-control = Autorisé : souris et clavier.
notice-allowed-clipboard = Autorisé : partager ce qui est copié.
notice-allowed-act = Autorisé : { $act }.
notice-refused-view = Refusé : voir le bureau.
notice-refused-control = Refusé : souris et clavier.
notice-refused-clipboard = Refusé : partager ce qui est copié.
notice-refused-act = Refusé : { $act }.
notice-no-answer = Personne n’a répondu à temps. Vous pouvez redemander.
notice-no-answer-me = Vous n’avez pas répondu à temps : rien n’a été autorisé.
notice-turned-away = { $name } n’a pas pu entrer. { $why }
notice-revoked-view = L’accès à la vue du bureau a été repris.
notice-revoked-control = La souris et le clavier ont été repris.
notice-revoked-clipboard = Ce qui est copié n’est plus partagé.
notice-revoked-act = Repris : { $act }.
notice-taken-back = Le client a repris le contrôle.
notice-taken-back-me = Vous avez repris le contrôle.
notice-may-control = Vous pouvez utiliser la souris et le clavier sur l’écran de { $name }.
notice-may-not-control = { $name } a repris le contrôle.
notice-paused = L’image est en pause.
notice-resumed = L’image reprend.
notice-stopped = Le partage est arrêté.
notice-server-lost = Le serveur ne répond pas. La session continue.
notice-server-back = Le serveur répond de nouveau.
notice-log-not-kept = Le journal de cette session ne peut pas être écrit sur cet ordinateur : le disque est peut-être plein. Un nouvel essai suivra ; la copie de l’autre côté continue.
notice-log-kept = Le journal de cette session est de nouveau entier sur le disque.
console-copied = Presse-papiers
copied-ways = Dans quel sens passe ce qui est copié
copied-both = Ce qui est copié passe dans les deux sens
copied-mine-out = Seulement ce que je copie, vers mon conseiller
copied-theirs-in = Seulement ce que mon conseiller copie, vers moi
copied-from-customer = Seul ce que le client copie arrive ici
copied-to-customer = Seul ce que vous copiez arrive chez le client
copied-off = Ce qui est copié ne passe pas pour l’instant
notice-monitor-gone = L’écran { $monitor } n’est plus là. { $instead } est partagé à sa place, jusqu’à son retour.
notice-monitor-back = L’écran { $monitor } est de retour, et de nouveau partagé.
notice-close = Fermer l’avis

# La fin
ended-left = Vous avez quitté la session
ended-left-lead = Personne ne voit ni ne contrôle votre ordinateur.
ended-left-agent-lead = Les autres restent connectés sans vous.
ended-by-me = Vous avez terminé la session
ended-by-me-lead = Tous ont été déconnectés, et le numéro n’est plus valable.
ended-by-agent = Le conseiller a terminé la session
ended-by-agent-lead = Plus personne ne voit ni ne contrôle votre ordinateur.
ended-expired = La session a expiré
ended-expired-lead = Personne n’est venu, ou revenu, à temps. Demandez un nouveau numéro.
ended-expired-agent-lead = Personne n’est venu, ou revenu, à temps. Ouvrez une nouvelle session.
ended-not-trusted = La connexion n’était pas sûre
ended-not-trusted-lead = Rien ne prouvait qui se trouvait de l’autre côté : Deskside a donc refusé la connexion. Rien n’a été partagé. Demandez un nouveau numéro ou un nouveau lien par un autre moyen.
ended-home-customer = Rejoindre une autre session
ended-home-agent = Retour à l’accueil
ended-quit = Fermer Deskside
ended-receipt = Enregistrer un reçu
ended-receipt-lead = Une page qui dit en mots simples ce qui a été autorisé et fait.
ended-receipt-saved = Le reçu est enregistré : { $file }

# Ce qui ne va pas, et que faire
problem-number = Ce n’est pas un numéro de session.
problem-number-do = Il a neuf chiffres, comme 123 456 789. Vous pouvez aussi coller le lien que vous avez reçu.
problem-empty = Il manque le numéro.
problem-empty-do = Saisissez les neuf chiffres que vous donne votre conseiller.
problem-no-session = Aucune session ouverte n’a ce numéro.
problem-no-session-do = Vérifiez les chiffres. Un numéro expire au bout d’un moment : demandez-en un nouveau à votre conseiller.
problem-tries = Trop d’essais.
problem-tries-do = { $seconds ->
    [one] Attendez { $seconds } seconde, puis réessayez.
   *[other] Attendez { $seconds } secondes, puis réessayez.
}
problem-tries-minutes = { $minutes ->
    [one] Attendez { $minutes } minute, puis réessayez.
   *[other] Attendez { $minutes } minutes, puis réessayez.
}
problem-password = Nom d’utilisateur ou mot de passe incorrect.
problem-password-do = Vérifiez les deux ; les majuscules comptent.
problem-signed-out = Vous êtes déconnecté.
problem-signed-out-do = Votre connexion a pris fin. Connectez-vous de nouveau ; les sessions en cours continuent pendant ce temps.
problem-server-down = Le serveur { $server } ne répond pas.
problem-server-down-do = Vérifiez votre connexion à Internet, puis réessayez.
problem-server-trust = Le serveur { $server } n’est pas digne de confiance.
problem-server-trust-do = Son certificat ne convient pas, ou ce n’est pas un serveur Deskside. Vérifiez l’adresse et, en cas de doute, n’allez pas plus loin.
problem-version = Le serveur utilise une autre version ({ $version }).
problem-version-do = Mettez Deskside à jour sur cet ordinateur. Si cela ne suffit pas, demandez à la personne qui gère le serveur de le mettre à jour.
problem-trust-secret = L’autre côté ne connaît pas le secret du lien.
problem-trust-secret-do = Demandez un nouveau lien par un moyen sûr.
problem-trust-signature = La connexion n’est pas authentique : quelqu’un s’est peut-être interposé.
problem-trust-signature-do = Rien n’a été partagé. Essayez depuis un autre réseau, avec un nouveau numéro.
problem-trust-key = Une autre personne que celle annoncée a répondu.
problem-trust-key-do = Rien n’a été partagé. Appelez votre contact à un numéro que vous connaissez.
problem-trust-version = L’autre côté utilise une autre version ({ $version }).
problem-trust-version-do = Mettez Deskside à jour sur les deux ordinateurs.
problem-trust-garbage = L’autre côté n’a pas répondu comme Deskside.
problem-trust-garbage-do = Rien n’a été partagé. Réessayez avec un nouveau numéro.
problem-display = Cet ordinateur n’a pas d’écran à partager.
problem-display-do = Ouvrez une session de bureau, puis lancez-y Deskside.
problem-command = Ce n’est pas possible maintenant.
problem-other = Quelque chose s’est mal passé.
problem-detail = Détails : { $detail }

# Queues
problem-queue-name = Ce n’est pas le nom d’une file d’attente.
problem-queue-name-do = Il se compose de lettres minuscules de a à z, de chiffres et de traits d’union, 32 au plus. Vous pouvez aussi coller le lien que vous avez reçu.
problem-queue-full = Il y a tant de monde que la file d’attente est pleine.
problem-queue-full-do = Réessayez dans une minute.
problem-transfer-gone = Cette session n’est plus proposée.
problem-transfer-gone-do = Un collègue a été plus rapide, ou la proposition a été retirée.
problem-no-queue = Aucune file d’attente ne porte ce nom.
problem-no-queue-do = Vérifiez le nom ou le lien que vous avez reçu.
problem-too-many-sessions = Vous avez autant de sessions que votre organisation en permet à la fois.
problem-too-many-sessions-do = Terminez-en une d’abord.
problem-nobody-waits = Personne n’attend ici.
problem-nobody-waits-do = Un autre conseiller a été plus rapide, ou le client est parti.
queue-title = Vous êtes dans la file d’attente
queue-lead = { $organisation } : { $title }
queue-place = Votre place dans la file
queue-next = Vous êtes le prochain. La session démarrera toute seule.
queue-before = { $before ->
    [one] Une personne est avant vous. La session démarrera toute seule dès qu’un conseiller sera libre.
   *[other] { $before } personnes sont avant vous. La session démarrera toute seule dès qu’un conseiller sera libre.
}
queue-safe = Gardez cette fenêtre ouverte. Rien de votre ordinateur n’est montré à personne avant votre accord.
queue-leave = Quitter la file

# Le journal des actes, sur la ligne de commande et dans le reçu
log-date = { $day }/{ $month }/{ $year } à { $hour } h { $minute } UTC
log-duration = { $minutes } min et { $seconds } s
log-list = { $when }  { $number }  { $name } – { $helpers } ({ $state })
log-none = Il n’y a pas encore de journal ici.
log-closed = terminée
log-open = sans fin
log-right = Chaque ligne de ce journal de la session { $number } est juste ({ $count ->
    [one] une entrée
   *[other] { $count } entrées
}).
log-signed = Signées par les deux côtés : { $count } entrées sur { $all }. Les autres ne sont signées que du côté du client.
log-signed-all = Les deux côtés ont signé chaque entrée.
log-disputed = Le côté du conseiller conteste { $count ->
    [one] une entrée
   *[other] { $count } entrées
}.
log-whole = Le journal est clos : rien n’a été coupé à la fin.
log-no-end = Le journal n’a pas de fin : la session durait encore, le programme a été tué, ou la fin a été coupée. Comparez-le avec la copie de l’autre côté.
log-fingerprint = Empreinte du journal : { $fingerprint }
log-wrong = La ligne { $line } est fausse : { $why }
log-malformed = elle a été modifiée, ou n’est pas une ligne de journal.
log-too-long = elle est trop longue.
log-torn = elle est déchirée ; il en manque la fin.
log-beginning = un journal ne commence pas ainsi.
log-order = l’entrée { $found } se trouve à la place de l’entrée { $expected } ; quelque chose a été retiré ou déplacé.
log-previous = elle ne suit pas l’entrée précédente ; quelque chose a été retiré, déplacé ou modifié.
log-signature = elle n’est pas signée par le programme du client qui a écrit le journal.
log-answer = la signature du conseiller ne convient pas.
log-close = la fin ne convient pas à ce qui précède.
log-other = L’autre copie vient d’une autre session ou d’un autre client.
log-differs = Les deux copies divergent à partir de l’entrée { $serial }.
log-cut = La fin a été coupée : l’autre copie a { $count ->
    [one] une entrée
   *[other] { $count } entrées
} de plus.
log-ended-before = Les deux copies concordent. Ce côté est parti avant { $count ->
    [one] la dernière entrée
   *[other] les { $count } dernières entrées
} de l’autre copie.
log-same = Les deux copies concordent en chaque entrée.
log-more = Les deux copies concordent. Celle-ci a { $count ->
    [one] une entrée
   *[other] { $count } entrées
} de plus.
log-unreadable = { $file } ne peut pas être lu : { $detail }
log-unwritable = { $file } ne peut pas être écrit : { $detail }
log-receipt-saved = Le reçu est dans { $file }

receipt-title = Reçu d’une session d’assistance
receipt-organisation = Organisation : { $organisation }
receipt-number = Session : { $number }
receipt-customer = Client : { $name }
receipt-when = Du { $begin } au { $end } ({ $duration })
receipt-helpers = Qui a aidé
receipt-helper = { $name } : { $role }, à partir du { $since } ; { $proof }
receipt-led = a mené la session
receipt-assisted = a assisté
receipt-by-link = identité vérifiée par le secret du lien d’invitation
receipt-by-code = identité montrée par un code de six chiffres à comparer entre les deux personnes
receipt-allowed = Ce que le client a autorisé
receipt-all = Tout, sans autre question
receipt-count = { $what } ({ $count } fois)
receipt-refused = Ce que le client a refusé ou laissé sans réponse
receipt-seen = Quand l’écran a été vu
receipt-control = Quand la souris et le clavier ont été utilisés
receipt-shown = Autres clients qui ont pu le voir : { $names }
receipt-total = { $duration } en tout
receipt-period = du { $begin } au { $end } ({ $duration })
receipt-nothing = Rien
receipt-more = { $count ->
    [one] et une autre
   *[other] et { $count } autres
}
receipt-end = Comment elle s’est terminée
receipt-left = Le client a quitté la session.
receipt-ended = Le conseiller a terminé la session.
receipt-expired = La session a expiré.
receipt-not-trusted = La connexion n’était pas digne de confiance ; elle a été coupée.
receipt-closed = Le conseiller a terminé la session, ou l’a quittée.
receipt-no-end = Ce journal ne dit pas comment la session s’est terminée.
receipt-resumed = Le programme du client a été relancé pendant la session.
receipt-full = Il s’est passé tant de choses que tout n’a pas pu être noté.

# Notes
notes = Mes notes
notes-hint = Pour vous et vos collègues ; le client ne les voit pas.
notes-last = Notes de cette session
notes-loading = Demande au serveur…
notes-saved = Enregistré
notes-saving = Enregistrement…
notes-too-long = Trop long pour être enregistré. Raccourcissez.

# Transfert
transfer = Transférer…
transfer-title = Transférer cette session
transfer-lead = Votre client reste connecté. Le premier qui la prend la mène, et vous la quittez.
transfer-nobody = Il n’y a ni file ni collègue.
transfer-queue = File d’attente
transfer-message = Message pour qui la prendra
transfer-offer = Proposer
transfer-offered = Proposée. Personne ne l’a encore prise.
transfer-taken = Prise. La main est en train de passer…
transfer-withdraw = Retirer la proposition
transfer-returned-time = Personne n’a pris la session à temps. Elle reste la vôtre.
transfer-returned = Le transfert n’a pas abouti. La session reste la vôtre.
transfer-refused-primary = Seul celui qui mène la session peut la transférer.
transfer-refused-under-way = Elle est déjà en cours de transfert.
transfer-refused-target = Cette file ou ce collègue n’existe plus.
transfer-refused = Le serveur a refusé le transfert.

hide = Masquer des fenêtres…
hide-window = Fenêtres masquées
hide-title = Ce que personne ne voit
hide-lead = Ces fenêtres sont couvertes avant que l’image ne quitte cet ordinateur. Qui regarde lit que quelque chose est masqué, mais pas quoi.
hide-open = Fenêtres ouvertes
hide-open-none = Aucune autre fenêtre n’est ouverte.
hide-open-unknown = Les fenêtres de cet ordinateur ne peuvent pas être listées.
hide-refresh = Regarder de nouveau
hide-with-program = Masquée avec { $program }
hide-all-of = Tout { $program }
hide-programs = Programmes
hide-programs-lead = Toutes leurs fenêtres, avec menus et questions. Ce choix est conservé.
hide-close = Terminé
hide-something = Les fenêtres masquées sont couvertes
hide-seen = Certaines fenêtres vous sont masquées
hide-impossible = Cet ordinateur ne permet pas de masquer des fenêtres
hide-impossible-lead = Fermez ce que personne ne doit voir, gestionnaires de mots de passe compris, ou mettez l’image en pause entre-temps.

scope-desktop = Tout l’écran
scope-program = Seulement les applications que je choisis
scope-one = Une seule application
scope-minimised = Une seule application : elle est réduite
scope-closed = Ce qui était partagé est fermé : rien n’est partagé
scope-widen = Partager tout l’écran
scope-several = { $count } applications seulement
scope-shared = Applications partagées
scope-add = Ajouter une application
scope-add-these = Partager aussi
scope-add-cancel = Annuler
scope-remove = Ne plus partager { $name }
app-minimised = Réduite
app-closed = Fermée
app-aside = Hors de l’image
picker-none = Aucune application ouverte ne peut être partagée.
picker-unknown = Les applications ne peuvent pas être listées sur cet ordinateur.
picker-nameless = Une application sans nom
picker-minimised = réduite
picker-full = Au plus { $most } applications peuvent être partagées à la fois.
app-all = Toutes
app-all-hint = Toutes les applications partagées, où elles sont à l’écran
app-each = Chacune dans sa fenêtre
app-each-hint = Ouvre une fenêtre pour chaque application partagée, aussi pour celles qui s’ajoutent
app-open = Ouvrir dans sa propre fenêtre
app-apart = Dans sa propre fenêtre
app-window = { $name } - { $customer } - Deskside

## Les applications démarrées pour être partagées, et celle d’où l’on vient

start-program = Démarrer une autre application…
start-back = Retour aux applications ouvertes
start-search = Chercher une application installée
start-none = Les applications installées sur cet ordinateur ne peuvent pas être listées.
start-none-fits = Aucune application installée ne correspond à ces mots.
start-waiting = { $program } démarre…
start-no-window = { $program } n’a montré aucune fenêtre. Rien n’en est partagé.
start-failed = { $program } n’a pas pu être démarré.
came-from = Seulement l’application d’où vous venez
came-from-window = { $title } ({ $program }) : toutes ses fenêtres sont vues
came-from-share = Ne partager que { $title }
came-from-program = { $program } : toutes ses fenêtres sont vues
show-title = Que voulez-vous montrer ?
show-lead = Le client est d’abord interrogé, et ne voit que ce que vous choisissez ici.
show-ask = Demander à montrer

## Fichiers
ask-copied-files = Demander à copier des fichiers
what-copied-files = la copie de fichiers
what-send-files = l’envoi de fichiers
act-copied-files = Copier des fichiers et des dossiers
act-send-files = Vous envoyer des fichiers
prompt-copied-files = demande à copier des fichiers
prompt-send-files = demande à vous envoyer des fichiers
prompt-copied-files-means = Les fichiers et dossiers que vous copiez peuvent être collés sur son ordinateur, et inversement. Rien ne part avant que quelqu’un ne colle. Qui contrôle votre ordinateur peut copier n’importe quel fichier.
prompt-send-files-means = Ces fichiers vont dans votre dossier Téléchargements ; rien n’y est remplacé. Ne les ouvrez que si vous les attendez.
files-first-of = { $name } ({ $count } fichiers en tout)
files-to = Vers { $name } : { $done } sur { $all }
files-from = De { $name } : { $done } sur { $all }
files-in-downloads = Dans votre dossier Téléchargements, { $size }
files-drop = Lâchez les fichiers pour les envoyer à { $name }
files-stop = Arrêter
files-close = Fermer
files-open = Ouvrir le dossier
files-more = { $count ->
    [one] et un autre
   *[other] et { $count } autres
}
files-all = { $count ->
    [0] Seulement des dossiers
    [one] Un fichier, { $size }
   *[other] { $count } fichiers, { $size }
}
files-came = { $count ->
    [one] { $name } est arrivé.
   *[other] { $name } : { $count } fichiers sont arrivés.
}
files-sent = { $count ->
    [one] { $name } a été envoyé.
   *[other] { $name } : { $count } fichiers ont été envoyés.
}
files-skipped = { $count ->
    [one] Un lien ou périphérique a été laissé de côté.
   *[other] { $count } liens ou périphériques ont été laissés de côté.
}
files-not-come = { $name } n’est pas arrivé.
files-not-sent = { $name } n’a pas été envoyé.
files-cancelled = Le transfert a été arrêté.
files-not-allowed = Ce n’est pas autorisé pour l’instant.
files-gone = Ce n’est plus proposé : copiez à nouveau.
files-changed = { $name } a été modifié entre-temps : copiez à nouveau.
files-unreadable = { $name } ne peut pas être lu.
files-disk-full = Le disque est plein.
files-unwritable = L’écriture sur le disque est impossible.
files-wrong = Le contenu est arrivé endommagé : réessayez.
files-lost = La connexion a été perdue : réessayez.
files-too-many = Trop de transferts sont en cours : attendez la fin de l’un d’eux.
files-other = Un problème est survenu : réessayez.
files-not-offered = Ces fichiers ne peuvent pas être envoyés : il y en a plus de 10 000, ou l’un d’eux ne peut pas être lu. Mettez-les dans une archive.
size-point = ,
size-bytes = { $count ->
    [one] { $count } octet
   *[other] { $count } octets
}
size-kilobytes = { $n } ko
size-megabytes = { $n } Mo
size-gigabytes = { $n } Go
size-terabytes = { $n } To
receipt-files = Fichiers
receipt-files-sent = { $when } : { $count } fichiers de votre ordinateur, { $size }
receipt-files-came = { $when } : { $count } fichiers vers votre ordinateur, { $size }
