# Les pages du portail, en français. Mêmes clés que le fichier anglais.

page-skip = Aller au contenu
page-kind = Assistance à distance
page-languages = Langues
page-home = Aller à la page d’accueil
page-missing = Cette page n’existe pas
page-missing-more = L’adresse est peut-être mal saisie, ou la session est terminée.

# Page d’accueil
home-title = Se faire aider sur son ordinateur
home-lead = Saisissez le numéro que votre conseiller vous donne.
home-number = Numéro de session
home-button = Continuer
home-wrong = Ce n’est pas un numéro de session : il a neuf chiffres. Demandez à votre conseiller de le relire.
home-safety = Ne continuez que si vous avez vous-même demandé de l’aide. Si quelqu’un vous a appelé et insiste, raccrochez.
home-steps = Comment ça marche
home-step-1 = Votre conseiller vous donne un numéro
home-step-1-more = Par téléphone ou dans un message, sous forme de lien. Il ne vaut que pour cette session.
home-step-2 = Vous ouvrez Deskside sur cet ordinateur
home-step-2-more = La page suivante dit comment. C’est le même programme pour tous, sans compte.
home-step-3 = Vous décidez de ce qui se passe
home-step-3-more = Personne ne voit ni ne touche rien sans votre accord, et vous pouvez tout arrêter à tout moment.

# Page d’une session
join-title = Rejoindre la session
join-number = Numéro de session
join-lead = La suite se passe dans le programme Deskside, sur cet ordinateur.
join-open = Ouvrir Deskside
join-link = Ou collez votre lien dans Deskside à la place du numéro :
join-command = Dans un terminal :
join-copy = Copier
join-copied = Copié
join-type = Lancez Deskside sur cet ordinateur et saisissez le numéro ci-dessus.
join-secret = Votre lien porte le secret de la session. Il reste sur cet ordinateur : personne d’autre ne peut s’interposer, pas même ce serveur.
join-next = Ce qui se passe ensuite
join-next-1 = Votre conseiller demande, vous répondez
join-next-1-more = Voir votre écran, le contrôler, envoyer un fichier : chaque chose est demandée clairement, et ne pas répondre, c’est refuser.
join-next-2 = Vous le voyez en permanence
join-next-2-more = Un cadre et une petite barre montrent qui voit votre écran et qui le contrôle.
join-next-3 = Vous pouvez arrêter aussitôt
join-next-3-more = Appuyez trois fois sur Échap, ou cliquez sur Arrêter. Bouger votre souris vous rend le contrôle.
join-other = J’ai un autre numéro

# Page d’une file d’attente
queue-title = Attendre un conseiller
queue-lead = Vous attendez votre tour dans le programme Deskside sur cet ordinateur. La session démarre toute seule dès qu’un conseiller est libre.
queue-link = Collez ce lien dans Deskside, là où il demande un numéro :
queue-other = J’ai un numéro

# Mise en service
setup-title = Créer le premier compte administrateur
setup-lead = Cette page ne sert qu’une fois. Une fois le compte créé, elle disparaît pour de bon.
setup-token = Jeton de mise en service
setup-token-hint = Le serveur l’a affiché à son démarrage.
setup-name = Nom
setup-name-hint = Il sert à vous connecter, et les clients le voient.
setup-password = Mot de passe
setup-password-hint = Au moins dix caractères. Une phrase bien à vous convient très bien.
setup-button = Créer le compte
setup-wrong-token = Le jeton n’est pas le bon. Le serveur l’a affiché à son dernier démarrage.
setup-weak = Le mot de passe doit avoir au moins dix caractères, et le nom de 1 à 64 caractères sans signes spéciaux.
setup-wait = Trop d’essais. Attendez { $seconds } secondes, puis réessayez.
setup-busy = Le serveur ne peut pas le faire en ce moment. Réessayez.
setup-done = Le compte est créé
setup-done-more = { $name } peut maintenant se connecter avec le programme Deskside, par « Accès des conseillers ».
