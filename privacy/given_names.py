"""Given names that are common where Dutch, English, French, German, Italian and Spanish are spoken.

Words that are as common as words (Will, Mark, May, Rose, Hope, Grace, Art, Jean) are left out.
"""

from __future__ import annotations

_ENGLISH = """
aaron abigail adam adrian aidan alan albert alex alexander alexandra alice alison amanda amber amy
andrea andrew angela anna anne annie anthony arthur ashley austin barbara ben benjamin beth
bethany betty brandon brenda brian bridget bruce bryan caitlin callum cameron carl carol caroline
catherine charles charlie charlotte chloe chris christian christina christine christopher claire
colin connor craig daisy daniel danielle dave david dean deborah debbie declan denise dennis derek
diana diane dominic donald donna dorothy doug douglas duncan dylan edward eileen elaine eleanor
elizabeth ella ellen ellie emily emma eric erin ethan eva evan evelyn fiona florence frances fred
freya gareth gary gavin gemma geoff george georgia gerald gillian gordon graham greg gregory
hannah harriet harry harold hazel heather helen henry holly howard hugh ian imogen isaac isabel
isabella isla jackie jacob jake james jamie jane janet janice jason jayden jeff jeffrey jennifer
jenny jeremy jessica jill jim joan joanna joanne joe joel john jonathan jordan joseph josh joshua
joyce judith judy julia julian julie justin karen kate katherine kathleen kathryn katie keith
kelly ken kenneth kevin kieran kim kimberly kirsty kyle larry laura lauren laurence lee leo leon
lewis liam lillian lily linda lisa louis louise lucy luke lydia lynn madison malcolm margaret
maria marie marilyn martha martin mary matt matthew maureen megan melanie melissa michael michelle
mike millie mohammed molly monica morgan nancy naomi natalie natasha nathan neil niamh nicholas
nick nicola nicole nigel nora oliver olivia oscar owen pamela patricia patrick paul paula pauline
peter phil philip philippa phoebe phyllis poppy priya rachel ralph raymond rebecca reece rhys
richard rob robert robin roger ronald rosemary ross russell ruth ryan sally sam samantha samuel
sandra sara sarah scott sean seth shane shannon sharon shaun sheila shirley simon siobhan sophia
sophie stacey stanley stella stephanie stephen steve steven stuart susan suzanne sylvia tanya tara
teresa terry theo theresa thomas tim timothy tina toby tom tony tracy trevor tyler vanessa vera
veronica victor victoria vincent virginia walter wayne wendy william yvonne zachary zoe
"""
_GERMAN = """
achim alexandra alina andreas angelika anja anke anneliese annika antje armin axel beate benedikt
bernd birgit björn brigitte carsten christa christoph claudia clemens cornelia dagmar detlef
dieter dirk dörte elfriede elke emil erich erika ernst eva felix finn florian frank franz
franziska friedrich fritz gabi gabriele gerd gerhard gertrud gisela greta günter günther gustav
hanna hannelore hans harald hartmut heidi heike heiko heiner heinrich heinz helga helmut herbert
hermann hildegard holger horst ilse inge ingo ingrid irmgard jakob jan jana jens joachim jochen
jonas jörg josef julia jürgen jutta kai karin karl karsten kathrin katja katrin kerstin klara
klaus konrad kristin kurt lars lea lena leonie lieselotte lothar luca ludwig lukas lutz maike
manfred manuela marcel marco marcus marion markus marlene martina matthias maximilian melanie
michaela mia miriam monika nadine nico nils norbert olaf otto paula petra philipp pia rainer ralf
regina reiner reinhard renate rita rolf rudolf sabine sabrina sandra sascha silke silvia simone
sonja stefan stefanie steffen susanne sven svenja tanja thorsten tobias torsten udo ulf ulrich
ulrike ursula ute uwe veronika volker walter werner wilhelm wolfgang yannick
"""
_FRENCH = """
adèle adrien agathe agnès alain amandine amélie anaïs andré antoine arnaud audrey aurélie aurore
baptiste béatrice benoît bernard bertrand brigitte camille caroline cécile cédric céline chantal
christelle christophe claude clément clémence colette corinne damien delphine denis didier
dominique édouard élise élodie emmanuel émilie estelle étienne eugénie fabien fabienne fabrice
florent françois françoise frédéric gabriel gaëlle gautier geneviève georges gérard gilles
grégoire guillaume guy hélène henri hervé hugo isabelle jacqueline jacques jean-luc jean-pierre
jean-marc jérémy jérôme joëlle josette juliette julien kévin laetitia laurent léa lionel loïc
louise luc lucas lucie madeleine manon marc marcel margaux marguerite marine marion mathieu
mathilde maurice maxime mélanie michel michèle mireille monique morgane nadège nathalie nicolas
noémie odette odile olivier pascal pascale patrice philippe pierre quentin raphaël raymond régis
rémi renaud rené romain sabrina sandrine sébastien serge séverine solène sophie stéphane stéphanie
sylvain sylvie théo thibault thierry thomas valérie véronique vincent virginie xavier yann yves
yvette
"""
_SPANISH_AND_ITALIAN = """
adriana agustín alba alberto alejandra alejandro alfonso alicia álvaro amparo ana andrés ángel
ángela antonio arturo beatriz belén blanca carla carlos carmen carolina catalina cecilia césar
clara concha consuelo cristina daniela diego dolores eduardo elena emilio enrique ernesto esteban
esther eugenia federico felipe fernando francisca francisco gabriela gerardo gloria gonzalo
guillermo héctor ignacio inés irene isabel iván jaime javier jesús joaquín jorge josé josefina
juan juana julio laia leticia lola lorena lucía luis luisa manuel marcos margarita maría mariana
marta mateo mercedes miguel miriam montserrat natalia nuria óscar pablo paloma patricia pedro
pilar rafael ramón raquel raúl ricardo roberto rocío rodrigo rosa rosario rubén salvador santiago
sergio silvia sofía soledad susana teresa tomás valentina vicente víctor ximena yolanda alessandra
alessandro alessia alessio andrea angelo anita antonella antonietta arianna aurora barbara
beatrice bianca bruno caterina chiara claudio cristiano daniele dario davide domenico donatella
edoardo elisa elisabetta emanuele enrica enzo fabio fabrizio federica filippo flavia francesca
francesco franco gabriele gaia gennaro gianluca gianni giacomo ginevra giorgia giorgio giovanna
giovanni giulia giuliana giulio giuseppe giuseppina grazia ilaria lorenzo loredana luca luciana
luciano luigi maddalena marcello marco mario martina massimo matteo maurizio michela michele mirko
monica nicola nicolò ornella paola paolo pasquale pietro riccardo rita rosaria salvatore sara
serena simone stefania stefano tommaso umberto valentina valeria valerio vincenzo vittoria
"""
_DUTCH = """
adriaan anneke annelies anouk antoon arie arjan bart bas berend bram carlijn coen cornelis daan
dirk dirkje eline elke emma esmee evert femke fenna ferdinand floor floris frederik geert gerda
gerrit gijs guus hanneke harm hein hendrik henk hilde ilse ineke inge iris jaap jacco jan jannie
jasper jelle jeroen jesse joke joost joris jos karin katrien kees klaas koen lieke lieve lotte
luuk maarten maaike margriet marieke marijke marjolein marleen martijn merel mieke milou mirjam
nienke niels noor pieter pim rens renske rianne rik rob roel roos ruben ruud sander sanne saskia
sjoerd sjors stijn sven tess thijs tineke truus wessel wiebe wietske willem wim wouter yara
"""
GIVEN_NAMES = frozenset(
    " ".join((_ENGLISH, _GERMAN, _FRENCH, _SPANISH_AND_ITALIAN, _DUTCH)).split()
)
