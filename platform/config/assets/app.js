import "htmx.org";
import { listen as listenAway } from "./away.js";
import { listen as listenDialogs } from "./dialogs.js";
import { listen as listenForms } from "./forms.js";
import { listen as listenPage } from "./page.js";

listenPage();
listenAway();
listenForms();
listenDialogs();
